/** npm, as far as the way calls it. What was built for the rehearsal is not built again, and its tests are not run in it. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Call } from './calls.js';
import { filesIn, writeFiles } from './files.js';
import type { Machine } from './machine.js';
import { installModules } from './project.js';

/** The package by durable back end, contents by path: it is really made once, and then written again. */
const packages = new Map<string, ReadonlyMap<string, Uint8Array>>();

/** Answers one call. Throws where it is not known here. */
export async function npm(call: Call, machine: Machine): Promise<Answer> {
  const words = call.args.filter((arg) => arg !== '--silent');
  const [first, script = '', separator, ...rest] = words;
  if (first === 'ci') {
    installModules(call.folder);
    return { code: 0 };
  }
  if (!existsSync(join(call.folder, 'node_modules'))) return { code: 1, err: ['Error: run npm ci first.'] };
  if (first === 'test') return { code: 0 };
  if (first !== 'run' || (separator !== undefined && separator !== '--')) {
    throw new Error(`npm ${call.args.join(' ')} is not known here.`);
  }
  if (script === 'build') return { code: 0 };
  return script === 'package' && rest.length === 0
    ? pack(call, machine)
    : runScript(call, script, rest, machine);
}

async function pack(call: Call, machine: Machine): Promise<Answer> {
  const backEnd = call.environment['AIRLOCK_DURABLE_BACK_END'] ?? '';
  const target = join(call.folder, 'package');
  const kept = packages.get(backEnd);
  if (kept !== undefined) {
    rmSync(target, { recursive: true, force: true });
    writeFiles(target, kept);
    return { code: 0 };
  }
  const answer = await runScript(call, 'package', [], machine);
  if (answer.code === 0) packages.set(backEnd, filesIn(target));
  return answer;
}

/** Runs a script of package.json in a shell, with its arguments. */
async function runScript(
  call: Call,
  name: string,
  args: readonly string[],
  machine: Machine,
): Promise<Answer> {
  const { scripts } = JSON.parse(readFileSync(join(call.folder, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const text = scripts[name];
  if (text === undefined) return { code: 1, err: [`npm error Missing script: "${name}"`] };
  const quoted = args.map((arg) => ` '${arg.replaceAll("'", "'\\''")}'`).join('');
  const lines: string[] = [];
  const script = {
    text: `${text}${quoted}\n`,
    shell: ['/bin/sh'],
    folder: call.folder,
    environment: call.environment,
  };
  const code = await machine.run(script, (line) => lines.push(line));
  return code === 0 ? { code, out: lines.map((line) => `${line}\n`).join('') } : { code, err: lines };
}
