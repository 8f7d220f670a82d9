/** Calls the compiler, and says what it said. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../../../local/project.js';
import { SECOND_STEP, SUBSCRIPTION } from '../evaluate/deploy.js';
import { type Environment, TENANT } from '../evaluate/functions.js';
import type { OptionSet } from '../options.js';
import { literal } from './literal.js';

/** A copy of the templates, with the configuration that main.bicepparam reads: nothing is written into the checkout. */
export interface Copy {
  /** Its infra/. */
  readonly infra: string;
}

export interface Compiler {
  /** What the compiler says of the templates and the parameters, a line each: nothing where they are right. */
  lint(copy: Copy): Promise<readonly string[]>;
  /** The same as it builds them. */
  build(copy: Copy): Promise<readonly string[]>;
  /** The lines that the compiler would write otherwise. */
  misformatted(copy: Copy): Promise<readonly string[]>;
  /** The text of the snapshot with these options. Rejects with what the compiler said where it makes none. */
  snapshot(copy: Copy, options: OptionSet): Promise<string>;
}

/** What is compiled has one region, so that a snapshot is the same everywhere. */
const REGION = 'westeurope';

/** Copies the templates into a new folder. */
export function copyTemplates(folder: string): Copy {
  const infra = join(folder, 'infra');
  mkdirSync(folder);
  cpSync(projectFile('infra'), infra, { recursive: true });
  cpSync(projectFile('examples', 'airlock.yaml'), join(folder, 'airlock.yaml'));
  return { infra };
}

/** The templates and the parameters of a copy, by their paths below infra/. */
export function filesOf({ infra }: Copy): readonly string[] {
  return readdirSync(infra, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.bicep(?:param)?$/.test(file))
    .sort();
}

/** @param stop ends the compiler where it runs */
export function compilerAt(command: string, stop: AbortSignal): Compiler {
  /** The exit code tells nothing: it is 0 for wrong properties, types and versions. What is said is said to stderr. */
  const call = ({ infra }: Copy, args: readonly string[], environment: Environment = SECOND_STEP) =>
    new Promise<{ readonly said: readonly string[] }>((resolve, reject) => {
      const options = {
        cwd: infra,
        env: { ...process.env, ...environment },
        maxBuffer: 1 << 26,
        signal: stop,
      };
      execFile(command, [...args], options, (error, _stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        const said = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
        if (error !== null && said.length === 0) said.push(`bicep ${args[0]} ended with ${error.code}`);
        resolve({ said: said.map((line) => line.replaceAll(`${infra}/`, 'infra/')) });
      });
    });
  const all = async (copy: Copy, calls: readonly (readonly string[])[]) => {
    const said: string[] = [];
    for (const args of calls) said.push(...(await call(copy, args)).said);
    return [...new Set(said)];
  };
  return {
    lint: (copy) =>
      all(copy, [
        ['lint', 'main.bicep'],
        ['lint', 'main.bicepparam'],
      ]),
    build: (copy) =>
      all(copy, [
        ['build', '--pattern', '**/*.bicep'],
        ['build-params', 'main.bicepparam', '--stdout'],
      ]),
    async misformatted(copy) {
      const files = filesOf(copy);
      const before = files.map((file) => readFileSync(join(copy.infra, file), 'utf8'));
      const said = await all(copy, [
        ['format', '--pattern', '**/*.bicep'],
        ['format', 'main.bicepparam'],
      ]);
      return [
        ...said,
        ...files.flatMap((file, i) => {
          const lines = readFileSync(join(copy.infra, file), 'utf8').split('\n');
          const at = (before[i] ?? '').split('\n').findIndex((line, n) => line !== lines[n]);
          return at < 0 ? [] : [`infra/${file}(${at + 1}) : format: the compiler writes "${lines[at]}"`];
        }),
      ];
    },
    async snapshot(copy, { name, over, environment }) {
      const parameters = Object.entries(over).map(([param, value]) => `param ${param} = ${literal(value)}\n`);
      const file = join(copy.infra, name);
      const text = ["using 'main.bicep'\nextends 'main.bicepparam'\n", ...parameters].join('');
      writeFileSync(`${file}.bicepparam`, text);
      const where = ['--subscription-id', SUBSCRIPTION.split('/').at(-1) ?? '', '--tenant-id', TENANT];
      const args = ['snapshot', `${name}.bicepparam`, '--mode', 'overwrite', '--location', REGION, ...where];
      const { said } = await call(copy, args, environment);
      if (said.length > 0) throw new Error(`${name}: ${said.join('\n')}`);
      return readFileSync(`${file}.snapshot.json`, 'utf8');
    },
  };
}
