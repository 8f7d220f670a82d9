/**
 * The machine that deploys: a folder of its own, stand-ins first on PATH, a clock that moves at once, and nothing of the
 * environment of whoever runs the rehearsal.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { LocalClock } from '../../../local/kernel/clock.js';
import { projectFile } from '../../../local/project.js';
import { type Answer, type Call, serveCalls } from './calls.js';

/** Commands that are handed over instead of run. */
const STAND_INS = ['az', 'azd', 'bicep', 'npm', 'sleep'] as const;

export type Variables = Readonly<Record<string, string>>;
export type Commands = Readonly<Record<'az' | 'azd' | 'bicep' | 'npm', (call: Call) => Promise<Answer>>>;

interface Script {
  readonly text: string;
  /** What runs it: the script's path is appended. */
  readonly shell: readonly string[];
  readonly folder: string;
  readonly environment: Variables;
}

export interface Machine {
  /** For what a row writes. */
  readonly folder: string;
  /** Runs a script to its end; gives its exit code. What it prints goes to `onLine`. */
  run(script: Script, onLine: (line: string) => void): Promise<number>;
  /** Lets so many seconds pass. */
  wait(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sets a machine up.
 *
 * @param onError gets what a command throws, such as that it is not known here
 */
export async function openMachine(
  clock: LocalClock,
  commands: () => Commands,
  onError: (error: unknown) => void,
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-rehearsal-'));
  const bin = join(folder, 'bin');
  const home = join(folder, 'home');
  const clockFile = join(folder, 'now');
  for (const one of [bin, home]) mkdirSync(one);
  for (const name of STAND_INS)
    symlinkSync(projectFile('test', 'deploy', 'machine', 'standIn.sh'), join(bin, name));

  const tellTime = () => writeFileSync(clockFile, String(clock.now()));
  const wait = async (seconds: number) => {
    await clock.advance(seconds * 1000);
    tellTime();
  };
  const answer = async (call: Call): Promise<Answer> => {
    if (call.command === 'sleep') {
      await wait(secondsOf(call.args));
      return { code: 0 };
    }
    const command = commands()[call.command as keyof Commands];
    const answered = await command(call);
    tellTime();
    return answered;
  };
  const server = await serveCalls(answer, onError);
  tellTime();

  const environment = {
    // The Node that runs the rehearsal is the one that its scripts find.
    PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    TMPDIR: folder,
    NODE_OPTIONS: `--import=${pathToFileURL(projectFile('test', 'deploy', 'machine', 'clock.mjs'))}`,
    STAND_IN_PORT: String(server.port),
    REHEARSAL_CLOCK: clockFile,
  };
  let scripts = 0;
  return {
    folder,
    wait,
    run({ text, shell, folder: cwd, environment: more }, onLine) {
      scripts += 1;
      const file = join(folder, `script-${scripts}.sh`);
      writeFileSync(file, text, { mode: 0o700 });
      const [command = '', ...args] = shell;
      const child = spawn(command, [...args, file], {
        cwd,
        env: { ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', onLine);
      return new Promise<number>((done, reject) => {
        child.on('error', reject).on('close', (code) => done(code ?? 1));
      });
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What `sleep` was told: seconds, or with a unit (GNU). */
function secondsOf(args: readonly string[]): number {
  const factors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
  return args.reduce((sum, arg) => {
    const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smh])?$/.exec(arg) ?? [];
    if (number === undefined) throw new Error(`sleep ${args.join(' ')} is not known here.`);
    return sum + Number(number) * (factors[unit] ?? 1);
  }, 0);
}
