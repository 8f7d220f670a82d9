/**
 * `npm run test:airflow`: installs real Apache Airflows and proves the app on them. Prints the table Airflow × provider × case
 * → outcome. Exits 1 where an outcome is not the expected one; without Python or PyPI it exits 0, with `CI=true` 1.
 */
import { readArguments, requireOneOf } from '../../infra/scripts/commandLine.mjs';
import { endAfter } from '../ending.js';
import { NotPossible, skip } from '../notPossible.js';
import { endClouds, removeFolders } from './cloud.js';
import { killCommands } from './command.js';
import { runConcurrently, type Work } from './concurrency.js';
import type { Note } from './follow.js';
import { Group } from './groups.js';
import { findPython, type Installed, install, installUv } from './install.js';
import { watchMemory } from './memory.js';
import { casesOf, proveRelease, proveRotation } from './prove.js';
import { isAirflow3, RELEASES, type Release, ROTATED_TOGETHER } from './releases.js';
import { type Row, table } from './table.js';

const PROOFS = [...RELEASES.map(({ name }) => name), 'rotation'];
const USAGE = `Usage: npm run test:airflow -- [--only NAME ...] [--case TEXT]
Installs real Apache Airflows and proves the app on them. Ends with 1 where an outcome is not the expected one.
  --only  one or several of ${PROOFS.join(', ')}
  --case  cases that have TEXT in their names, for looking at one: a case builds on those before it`;
const options = {
  options: { only: { type: 'string', multiple: true }, case: { type: 'string', default: '' } },
} as const;
const { values } = readArguments(USAGE, options, ({ only = [] }) => {
  for (const name of only) requireOneOf('--only', name, PROOFS);
});

/** So many Airflows at once fit into 3 GiB, and keep two cores busy while some of them wait. */
const AIRFLOWS = 3;

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const out = (line: string) => process.stdout.write(`${line}\n`);

const { begun, end, failed } = endAfter(async () => {
  killCommands();
  await Promise.all([Group.killAll(), endClouds()]);
  removeFolders();
});

/** Lines with the time since the start, so that a long step shows that it goes on. */
function noteOf(name: string): Note {
  return (line) => {
    if (!begun()) out(`${seconds().toFixed(0).padStart(4)} s  ${name.padEnd(14)} ${line}`);
  };
}

async function main(): Promise<number> {
  const wanted = (name: string) => values.only?.includes(name) ?? true;
  const memory = watchMemory();
  const installed = await installAll(
    RELEASES.filter(({ name }) => wanted(name) || (wanted('rotation') && ROTATED_TOGETHER.includes(name))),
  );
  const rows = new Map<string, readonly Row[]>();
  const proof = (name: string, places: number, prove: (note: Note) => Promise<readonly Row[]>) => ({
    name,
    places,
    run: async () => void rows.set(name, await prove(noteOf(name)).catch((error) => [notBegun(name, error)])),
  });
  const proofs = installed
    .filter(({ release }) => wanted(release.name))
    .sort((a, b) => length(b) - length(a))
    .map((one) => proof(one.release.name, 1, (note) => proveRelease(one, values.case, note)));
  const [first, second] = installed.filter(({ release }) => ROTATED_TOGETHER.includes(release.name));
  if (wanted('rotation') && first && second) {
    proofs.unshift(proof('rotation', 2, async (note) => [await proveRotation([first, second], note)]));
  }
  await runConcurrently(proofs, AIRFLOWS);
  await onceMore(proofs, rows);
  memory.stop();

  const all = PROOFS.flatMap((name) => rows.get(name) ?? []);
  out('');
  for (const line of table(all)) out(line);
  const bad = all.filter(isOtherwise).length;
  out(`\n${seconds().toFixed(0)} s, at most ${memory.peakMib} MiB of memory`);
  out(`${all.length - bad} passed, ${bad} failed`);
  return bad === 0 ? 0 : 1;
}

/**
 * Where a case came out otherwise, its release is proven once more from the beginning, with no other Airflow beside it: a
 * machine that is short of processors makes an Airflow miss deadlines of its own, while a defect shows twice.
 */
async function onceMore(
  proofs: readonly (Work & { readonly name: string })[],
  rows: ReadonlyMap<string, readonly Row[]>,
): Promise<void> {
  for (const { name, run } of proofs) {
    const otherwise = rows.get(name)?.filter(isOtherwise) ?? [];
    if (otherwise.length === 0) continue;
    const cases = otherwise.map((row) => `${row.name}: ${row.outcome}`).join('; ');
    noteOf(name)(`once more, alone, since it came out otherwise: ${cases}`);
    await run();
  }
}

/** A release whose cases could not even begin. */
function notBegun(name: string, error: unknown): Row {
  const outcome = `error: ${error instanceof Error ? error.message : String(error)}`;
  return { airflow: name, provider: '', name: 'begin', outcome, expected: 'begun', seconds: 0 };
}

function isOtherwise({ outcome, expected }: Row): boolean {
  return outcome !== expected;
}

/** What takes longest begins first, so that nothing is left to run alone at the end. */
function length({ release }: Installed): number {
  return casesOf(release).length * (isAirflow3(release) ? 2 : 1);
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

/** Cases of all releases, and the rotation. */
function countOfCases(): number {
  return RELEASES.reduce((sum, release) => sum + casesOf(release).length, 1);
}

try {
  await end(await main());
} catch (error) {
  if (error instanceof NotPossible) await end(skip('real Airflow', countOfCases(), error));
  else await failed(error);
}
