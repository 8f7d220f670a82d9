/**
 * `npm run test:airflow [-- --only RELEASE|rotation … --case TEXT]`: installs real Apache Airflows and proves the app on
 * them. Prints the table Airflow × provider × case → outcome. Exits 1 where an outcome is not the expected one; without
 * Python or PyPI it exits 0, with `CI=true` 1. A case builds on those before it: `--case` is for looking at one.
 */
import { parseArgs } from 'node:util';
import { removeFolders } from './bed.js';
import { killCommands } from './command.js';
import type { Note } from './follow.js';
import { Group } from './groups.js';
import { findPython, type Installed, install, installUv, NotPossible } from './install.js';
import { watchMemory } from './memory.js';
import { proveRelease, proveRotation } from './prove.js';
import { RELEASES, type Release, ROTATED_TOGETHER } from './releases.js';
import { type Row, table } from './table.js';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, case: { type: 'string', default: '' } },
});

/** Two Airflows at once fit into 3 GiB, and keep two cores busy. */
const SIDE_BY_SIDE = 2;

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const out = (line: string) => process.stdout.write(`${line}\n`);

/** Nothing is left, however this ends. */
async function end(code: number): Promise<never> {
  killCommands();
  await Group.killAll();
  removeFolders();
  process.exit(code);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => void end(code));
}

/** Lines with the time since the start, so that a long step shows that it goes on. */
function noteOf(name: string): Note {
  return (line) => out(`${seconds().toFixed(0).padStart(4)} s  ${name.padEnd(14)} ${line}`);
}

async function main(): Promise<number> {
  const wanted = (name: string) => values.only?.includes(name) ?? true;
  const memory = watchMemory();
  const installed = await installAll(
    RELEASES.filter(({ name }) => wanted(name) || (wanted('rotation') && ROTATED_TOGETHER.includes(name))),
  );
  const rows = new Map<string, readonly Row[]>();
  const waiting = installed.filter(({ release }) => wanted(release.name));
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name } = next.release;
      rows.set(name, await proveRelease(next, values.case, noteOf(name)));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  const [first, second] = installed.filter(({ release }) => ROTATED_TOGETHER.includes(release.name));
  if (wanted('rotation') && first && second) {
    rows.set('rotation', [await proveRotation([first, second], noteOf('rotation'))]);
  }
  memory.stop();

  const all = [...RELEASES.map(({ name }) => name), 'rotation'].flatMap((name) => rows.get(name) ?? []);
  out('');
  for (const line of table(all)) out(line);
  const bad = all.filter(({ outcome, expected }) => outcome !== expected).length;
  out(
    `\n${all.length} cases, ${bad} with another outcome than expected; ${seconds().toFixed(0)} s, at most ${memory.peakMib} MiB of memory`,
  );
  return bad === 0 ? 0 : 1;
}

async function installAll(releases: readonly Release[]): Promise<Installed[]> {
  const python = await findPython();
  const uv = await installUv(python);
  const all: Installed[] = [];
  for (const release of releases) {
    const start = seconds();
    const installed = await install(release, python, uv);
    const { provider, sdk } = installed;
    const took = (seconds() - start).toFixed(1);
    noteOf(release.name)(`provider ${provider}, azure-keyvault-secrets ${sdk} (${took} s)`);
    all.push(installed);
  }
  return all;
}

/** Somebody with Node alone is told, and no more; where the project is built, it must run. */
function skipped({ message }: NotPossible): number {
  const required = process.env.CI === 'true';
  out(`${required ? 'Failed' : 'Skipped'}: real Airflow cannot be run here: ${message}.`);
  return required ? 1 : 0;
}

try {
  await end(await main());
} catch (error) {
  if (error instanceof NotPossible) await end(skipped(error));
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  await end(1);
}
