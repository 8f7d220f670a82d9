/** `npm run faults`: runs the app through what may go wrong. Exits 1 at any violation. */
import { readArguments, requireOneOf, requireWhole } from '../../infra/scripts/commandLine.mjs';
import { VARIANTS, type VariantName } from './config.js';
import { disturbanceCases } from './disturbanceCases.js';
import { duplicatesTable } from './duplicates/table.js';
import { callCases, callsOf, durableCases, type FaultCase, fromZeroCases, killCases } from './faultCases.js';
import { brokenOff, type Report } from './faultScenario.js';
import { runSchedules } from './schedules.js';
import { TestCloud } from './testCloud.js';
import { workerCases } from './workerCases.js';
import { DEFAULT_WORKERS, sideBySide } from './workers.js';
import { liveYear } from './year/year.js';

const USAGE = `Usage: npm run faults -- [--part PART] [--positions WHICH] [--only TEXT] [--workers N]
       npm run faults -- --random [--count N] [--seed N] [--workers N]
       npm run faults -- --year [--days N] [--seed N]
Runs every single fault and every disturbance of a rotation, and prints call, fault and outcome; then every message that
comes twice. With --random, random schedules instead; with --year, a year of twenty runtimes. Ends with 1 at any violation.
  --part       single, disturbances or duplicates alone
  --positions  which of the calls of a kind: first, three or all (default three)
  --only       rows that have TEXT in them
  --count      how many schedules (default 5000)
  --days       how many days (default 365)
  --seed       repeats what ran with it
  --workers    so many at once (default ${DEFAULT_WORKERS})`;

const options = {
  options: {
    random: { type: 'boolean', default: false },
    year: { type: 'boolean', default: false },
    days: { type: 'string', default: '365' },
    count: { type: 'string', default: '5000' },
    seed: { type: 'string' },
    positions: { type: 'string', default: 'three' },
    part: { type: 'string' },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: String(DEFAULT_WORKERS) },
  },
} as const;
const { values } = readArguments(USAGE, options, (given) => {
  requireOneOf('--part', given.part, ['single', 'disturbances', 'duplicates']);
  requireOneOf('--positions', given.positions, ['first', 'three', 'all']);
  requireWhole('--days', given.days, 1);
  requireWhole('--count', given.count, 1);
  requireWhole('--seed', given.seed);
  requireWhole('--workers', given.workers, 1);
});
const workers = Number(values.workers);

const out = (line: string) => process.stdout.write(`${line}\n`);

/** The calls of a rotation that nothing disturbs. */
async function undisturbed(): Promise<Map<string, number>> {
  const cloud = await TestCloud.open();
  const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;
  const { outcome } = await cloud.run({ faults: [], disturbances: [] });
  const calls = await callsOf(cloud.client, since);
  await cloud.close();
  const count = [...calls.values()].reduce((sum, one) => sum + one, 0);
  out(`undisturbed: ${outcome}, ${count} calls of ${calls.size} kinds`);
  return calls;
}

async function cases(): Promise<boolean> {
  const calls = values.part === 'disturbances' ? new Map<string, number>() : await undisturbed();
  const positions = values.positions === 'all' || values.positions === 'first' ? values.positions : 'three';
  const single = [
    ...callCases(calls, positions),
    ...durableCases(),
    ...workerCases(),
    ...killCases(calls),
    ...fromZeroCases(),
  ];
  const all = [
    ...(values.part === 'disturbances' ? [] : single),
    ...(values.part === 'single' ? [] : disturbanceCases()),
  ].filter(({ call, fault, at }) => `${call} ${fault} ${at}`.includes(values.only));
  let bad = 0;
  for (const [kills, variant] of kindsOfClouds()) {
    await sideBySide(
      all.filter((one) => one.kills === kills && (one.variant ?? 'graph') === variant),
      workers,
      { open: () => TestCloud.open({ persistent: kills, variant }), close: (cloud) => cloud.close() },
      async (faultCase, cloud) => {
        const report = await cloud.run(faultCase).catch(brokenOff);
        out(row(faultCase, report));
        if (isBad(report)) bad += 1;
        return isBad(report) ? 'spoilt' : 'kept';
      },
    );
  }
  out(`${all.length} faults and disturbances, ${bad} with a violation`);
  return bad === 0;
}

function kindsOfClouds(): (readonly [kills: boolean, variant: VariantName])[] {
  const variants = Object.keys(VARIANTS) as VariantName[];
  return [false, true].flatMap((kills) => variants.map((variant) => [kills, variant] as const));
}

function row({ call, fault, at }: FaultCase, report: Report): string {
  const verdict = isBad(report)
    ? `VIOLATION ${[...report.violations.map(({ rule, what }) => `rule ${rule}: ${what}`), ...report.defects].join('; ')}`
    : report.rotationsToSettle === 0
      ? 'kept'
      : `kept, settled by ${report.rotationsToSettle} more`;
  return `${call.padEnd(42)} ${fault.padEnd(32)} ${at.padEnd(12)} ${report.outcome.padEnd(36)} ${verdict}`;
}

function isBad({ violations, defects }: Report): boolean {
  return violations.length > 0 || defects.length > 0;
}

/** All parts, also where the first is bad: each row says something. */
async function table(): Promise<boolean> {
  const single = values.part === 'duplicates' || (await cases());
  const twice =
    values.part === 'single' ||
    values.part === 'disturbances' ||
    (await duplicatesTable({ only: values.only, workers, out }));
  return single && twice;
}

const seed = values.seed === undefined ? Date.now() & 0x7fffffff : Number(values.seed);

const good = values.year
  ? await liveYear({ seed, days: Number(values.days), out })
  : values.random
    ? await runSchedules({
        count: Number(values.count),
        workers,
        seed,
        out,
      })
    : await table();
process.exit(good ? 0 : 1);
