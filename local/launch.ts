/** Starts a local cloud as a process of its own, and ends it. For tests, the demonstration and the bench. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type LocalClient } from './client.js';
import { childEnvironment } from './environment.js';
import { openCertificateAuthority } from './net/ca.js';
import { type LocalOptions, toArguments } from './options.js';
import { projectFile } from './project.js';
import { READY, type ReadyLine } from './ready.js';

export interface LaunchOptions extends LocalOptions {
  /** The built local cloud. Default: `build/local/main.js` of the project. */
  readonly main?: string;
  /** Gets each line that the local cloud or the app writes to stderr. */
  readonly onLog?: (line: string) => void;
  /** Outer environment. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Stack traces name the sources. To read their maps takes as long as to read the app: only people get them. */
  readonly sourceMaps?: boolean;
}

export interface LocalCloudHandle {
  readonly ready: ReadyLine;
  readonly client: LocalClient;
  readonly pid: number;
  /** Ends it cleanly; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends it at once, with nothing to say. */
  kill(): Promise<void>;
  /** Resolves when the process has ended. */
  readonly exit: Promise<ExitStatus>;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The local cloud ended before it was ready; the message holds the last lines that it wrote. */
class LaunchFailed extends Error {
  constructor(
    readonly status: ExitStatus,
    lines: readonly string[],
  ) {
    super(
      `The local cloud ended (${status.signal ?? status.code}) before it was ready:\n${lines.join('\n')}`,
    );
    this.name = 'LaunchFailed';
  }
}

/**
 * Starts the built local cloud and waits until it is ready. A state folder that is not given is a temporary one,
 * removed at the end. Throws `LaunchFailed`.
 */
export async function launchLocalCloud(options: LaunchOptions = {}): Promise<LocalCloudHandle> {
  const { child, exit } = spawnLocalCloud(options);
  const lastLines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.onLog?.(line);
    });
  }
  const ready = await Promise.race([readyLine(child), exit]);
  if (!('ready' in ready)) throw new LaunchFailed(ready, lastLines);
  return {
    ready,
    client: createClient(ready),
    pid: child.pid ?? -1,
    exit,
    async stop() {
      child.kill('SIGTERM');
      return (await exit).code;
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/**
 * Starts the process alone. The certificate authority comes first: Node reads the certificates that it is to trust
 * only as it starts. The child ends when its stdin does, and so with this process, however that ends.
 */
export function spawnLocalCloud(options: LaunchOptions): { child: ChildProcess; exit: Promise<ExitStatus> } {
  const temporary = options.state === undefined;
  const state = resolve(options.state ?? mkdtempSync(join(tmpdir(), 'airlock-local-')));
  const ca = openCertificateAuthority(join(state, 'cloud', 'ca'));
  const main = options.main ?? projectFile('build', 'local', 'main.js');
  const child = spawn(
    process.execPath,
    [
      ...(options.sourceMaps ? ['--enable-source-maps'] : []),
      main,
      '--child',
      ...(temporary ? ['--temporary'] : []),
      ...toArguments({ ...options, state }),
    ],
    {
      env: childEnvironment(options.environment ?? process.env, ca.certificateFile),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  child.stdin?.on('error', () => {});
  const exit = new Promise<ExitStatus>((done) => {
    child.once('close', (code, signal) => {
      if (temporary) rmSync(state, { recursive: true, force: true });
      done({ code, signal });
    });
  });
  return { child, exit };
}

function readyLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((done, reject) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      const parsed = READY.safeParse(JSON.parse(line));
      if (parsed.success) done(parsed.data);
      else reject(new Error(`The local cloud's first line is not the ready line: ${line}`));
    });
  });
}
