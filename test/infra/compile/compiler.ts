/** Calls the compiler, and says what it said. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECOND_STEP, SUBSCRIPTION } from '../evaluate/deploy.js';
import { type Environment, TENANT } from '../evaluate/functions.js';
import type { OptionSet } from '../options.js';
import { type Copy, sourcesOf } from './copy.js';
import { literal } from './literal.js';

/**
 * What the compiler says comes a line each, as it words it, with paths below the folder that it works in; nothing where it
 * has nothing to say.
 */
export interface Compiler {
  /** @param folder has copies, each in a folder of its own */
  lint(folder: string): Promise<readonly string[]>;
  build(copy: Copy): Promise<readonly string[]>;
  /** Where each file first differs from how the compiler would write it. */
  misformatted(copy: Copy): Promise<readonly string[]>;
  /** The text of the snapshot with these options. Rejects with what the compiler said where it makes none. */
  snapshot(copy: Copy, options: OptionSet): Promise<string>;
}

/** A snapshot is of one region, subscription and tenant, to be the same everywhere. */
const REGION = 'westeurope';
const WHERE = ['--location', REGION, '--subscription-id', SUBSCRIPTION.split('/').at(-1) ?? ''];

/** @param stop ends the compiler where it runs */
export function compilerAt(command: string, stop: AbortSignal): Compiler {
  const call = callerOf(command, stop);
  return {
    // The parameters, and with them the template that they use, with all its modules.
    lint: (folder) => call(folder, ['lint', '--pattern', '*/infra/main.bicepparam']),
    async build(copy) {
      const said = [
        ...(await call(copy.folder, ['build', '--pattern', 'infra/**/*.bicep'])),
        ...(await call(copy.folder, ['build-params', 'infra/main.bicepparam'])),
      ];
      // A pattern that nothing matches is no fault to the compiler.
      const left = sourcesOf(copy)
        .map(({ path }) => `infra/${path}`)
        .filter((path) => !existsSync(join(copy.folder, path.replace(/\.bicep(?:param)?$/, '.json'))));
      return [...said, ...left.map((path) => `${path} : not built`)];
    },
    async misformatted(copy) {
      const before = sourcesOf(copy);
      const said = [
        ...(await call(copy.folder, ['format', '--pattern', 'infra/**/*.bicep'])),
        ...(await call(copy.folder, ['format', 'infra/main.bicepparam'])),
      ];
      const after = new Map(sourcesOf(copy).map(({ path, text }) => [path, text.split('\n')]));
      const moved = before.flatMap(({ path, text }) => {
        const lines = after.get(path) ?? [];
        const at = text.split('\n').findIndex((line, i) => line !== lines[i]);
        return at < 0 ? [] : [`infra/${path}(${at + 1}) : format: the compiler writes "${lines[at]}"`];
      });
      return [...said, ...moved];
    },
    async snapshot({ folder }, { name, over, environment }) {
      const file = `infra/${name}.bicepparam`;
      const parameters = Object.entries(over).map(([param, value]) => `param ${param} = ${literal(value)}\n`);
      const text = ["using 'main.bicep'\nextends 'main.bicepparam'\n", ...parameters].join('');
      writeFileSync(join(folder, file), text);
      const args = ['snapshot', file, '--mode', 'overwrite', '--tenant-id', TENANT, ...WHERE];
      const said = await call(folder, args, environment);
      if (said.length > 0) throw new Error(said.join('\n'));
      return readFileSync(join(folder, `infra/${name}.snapshot.json`), 'utf8');
    },
  };
}

/**
 * The exit code tells little: it is 0 for wrong properties, types and versions. What there is to say is said on standard
 * error.
 */
function callerOf(command: string, stop: AbortSignal) {
  return (cwd: string, args: readonly string[], environment: Environment = SECOND_STEP) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const env = { ...process.env, ...environment };
      execFile(command, [...args], { cwd, env, maxBuffer: 1 << 26, signal: stop }, (error, _out, stderr) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        const said = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
        if (error !== null && said.length === 0) said.push(`bicep ${args[0]} ended with ${error.code}`);
        // Whose module has errors has one, too.
        const causes = said.filter((line) => !line.includes(' BCP104: '));
        const told = (causes.length > 0 ? causes : said).map((line) => line.replaceAll(`${cwd}/`, ''));
        resolve([...new Set(told)]);
      });
    });
}
