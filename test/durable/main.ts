/**
 * `npm run test:durable`: runs scenarios of the deployed app on Azure's own durable extension and prints how they ended. Exits
 * 1 where one fails. Without the .NET SDK or NuGet it exits 0, with `CI=true` it exits 1.
 */
import { readArguments, readShare, requireOneOf, requireWhole } from '../../infra/scripts/commandLine.mjs';
import type { RecordedExecution } from '../../local/runner/functionsHost.js';
import { runConcurrently } from '../airflow/concurrency.js';
import { endAfter } from '../ending.js';
import { NotPossible, skip } from '../notPossible.js';
import { type Proof, proofs } from './proofs.js';
import { recordedIn, writeHistories } from './record.js';
import type { ScenarioContext } from './scenarios/context.js';
import { buildJobHost, DURABLE_VERSIONS } from './setup/build.js';
import { endEverything } from './setup/launch.js';
import { type Row, table } from './table.js';

const USAGE = `Usage: npm run test:durable -- [--only TEXT ...] [--version VERSION] [--share N/COUNT] [--places N]
                                 [--long | --record]
Runs scenarios of the deployed app on Azure's own durable extension and prints how they ended. Ends with 1 where one fails.
  --only     scenarios that have TEXT, or one of several TEXTs, in their names
  --version  one version of the extension: ${DURABLE_VERSIONS.join(' or ')}
  --share    of all scenarios one share, for example the second of three: 2/3
  --places   how much runs side by side (default 18)
  --long     go on with scenarios of kills until it is told to stop
  --record   the scenarios of the replay test alone; their histories are written where none of them fails`;

const options = {
  options: {
    only: { type: 'string', multiple: true },
    version: { type: 'string' },
    long: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    places: { type: 'string', default: '18' },
    share: { type: 'string', default: '1/1' },
  },
} as const;
const { values } = readArguments(USAGE, options, (given) => {
  requireOneOf('--version', given.version, DURABLE_VERSIONS);
  requireWhole('--places', given.places, 1);
  readShare('--share', given.share ?? '1/1');
});

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const out = (line: string) => process.stdout.write(`${line}\n`);

const { begun, end, failed } = endAfter(endEverything);

const recorded: RecordedExecution[] = [];

function wanted(): readonly Proof[] {
  const versions = DURABLE_VERSIONS.filter((one) => values.version === undefined || values.version === one);
  const record = async (context: ScenarioContext) => void recorded.push(...(await recordedIn(context)));
  const all = proofs({
    only: values.only ?? [''],
    versions,
    long: values.long,
    ...(values.record ? { record } : {}),
  });
  const { share, count } = readShare('--share', values.share);
  // Dealt out by their lengths, so that the shares take about as long.
  const mine = new Set(longestFirst(all).filter((_, index) => index % count === share - 1));
  return all.filter((proof) => mine.has(proof));
}

function longestFirst(all: readonly Proof[]): readonly Proof[] {
  return [...all].sort((a, b) => b.minutes - a.minutes);
}

/** What takes longest begins first; the rows are in the order of the proofs. */
async function proveAll(all: readonly Proof[]): Promise<readonly Row[]> {
  const rows = new Map<Proof, readonly Row[]>();
  const works = longestFirst(all).map((proof) => ({
    places: proof.places,
    run: async () => {
      const proven = await proof.prove().catch((error: unknown) => [notProven(proof, error)]);
      rows.set(proof, proven);
      if (!begun()) for (const row of proven) out(progress(row));
    },
  }));
  await runConcurrently(works, Number(values.places));
  return all.flatMap((proof) => rows.get(proof) ?? []);
}

function progress({ version, scenario, verdict, outcome }: Row): string {
  return `${seconds().toFixed(0).padStart(5)} s  ${version} ${scenario}: ${verdict}, ${outcome}`;
}

/** For example where no cloud could be started. */
function notProven({ name, version }: Proof, error: unknown): Row {
  const outcome = `error: ${error instanceof Error ? error.message : String(error)}`;
  return {
    version,
    scenario: name,
    outcome,
    verdict: 'failed',
    remarks: [],
    seconds: 0,
    kills: 0,
    writes: 0,
  };
}

async function main(): Promise<number> {
  const all = wanted();
  // One after the other: they share the sources.
  for (const version of new Set(all.map((proof) => proof.version))) await buildJobHost(version);
  const rows = await proveAll(all);
  out('');
  for (const line of table(rows)) out(line);
  out(`\n${seconds().toFixed(0)} s`);
  const count = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const known = count('known');
  if (known > 0) out(`${known} known to fail, each by the issue that its row names`);
  out(`${count('passed')} passed, ${count('failed')} failed`);
  if (values.record && count('failed') === 0) writeHistories(recorded);
  if (values.long) await goOn(all);
  return count('failed') === 0 ? 0 : 1;
}

/** Kills by chance, until somebody says stop or a scenario fails. */
async function goOn(all: readonly Proof[]): Promise<void> {
  const kills = all.filter((proof) => proof.kills);
  for (;;) {
    const rows = await proveAll(kills);
    for (const line of table(rows)) out(line);
    if (kills.length === 0 || rows.some(({ verdict }) => verdict === 'failed')) await end(1);
  }
}

try {
  await end(await main());
} catch (error) {
  if (error instanceof NotPossible) await end(skip('the durable extension', wanted().length, error));
  else await failed(error);
}
