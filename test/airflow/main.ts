/**
 * `npm run test:airflow [-- --only RELEASE --case TEXT]`: installs real Apache Airflows and proves the app on them.
 * Prints the table Airflow × provider × case → outcome. Exits 1 where an outcome is not the expected one; without
 * Python or PyPI it exits 0, with `CI=true` 1.
 */
import { parseArgs } from 'node:util';
import { Bed, Cloud, type Note, removeFolders } from './bed.js';
import { CASES, type Case } from './cases.js';
import { killCommands } from './command.js';
import { Group } from './groups.js';
import { findPython, type Installed, install, installUv, NotPossible } from './install.js';
import { isAirflow3, RELEASES, type Release } from './releases.js';
import { type Row, table } from './table.js';

const { values } = parseArgs({
  options: { only: { type: 'string' }, case: { type: 'string', default: '' } },
});

const out = (line: string) => process.stdout.write(`${line}\n`);
const began = performance.now();
const secondsSince = (time: number) => (performance.now() - time) / 1000;

process.on('exit', () => {
  Group.killAll();
  killCommands();
  removeFolders();
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

/** Lines with the time since the start, so that a long step shows that it goes on. */
const noteOf = (release: Release): Note => {
  return (line) => out(`${secondsSince(began).toFixed(0).padStart(4)} s  ${release.name.padEnd(14)} ${line}`);
};

function casesOf(release: Release): Case[] {
  const family = isAirflow3(release) ? 'airflow3' : 'airflow2';
  return CASES.filter(
    ({ only, provider }) =>
      (only === undefined || only === family) && (release.cases === 'all' || provider === true),
  );
}

async function prove(installed: Installed): Promise<Row[]> {
  const { release } = installed;
  const note = noteOf(release);
  const cloud = await Cloud.open();
  const rows: Row[] = [];
  try {
    const bed = await Bed.open(cloud, installed, note);
    try {
      for (const one of casesOf(release)) {
        note(`── ${one.name}`);
        const start = performance.now();
        const outcome = await one.run(bed).catch((error: unknown) => {
          note(`${error instanceof Error ? error.stack : String(error)}`);
          return `ERROR: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
        });
        const row = {
          airflow: release.airflow,
          provider: installed.provider,
          name: one.name,
          outcome,
          expected: one.expected,
          seconds: secondsSince(start),
        };
        note(`${row.outcome === row.expected ? '✓' : '✗'} ${row.outcome} (${row.seconds.toFixed(1)} s)`);
        rows.push(row);
      }
    } finally {
      await bed.close();
    }
  } finally {
    await cloud.close();
  }
  return rows;
}

async function main(): Promise<number> {
  const wanted = RELEASES.filter(({ name }) => values.only === undefined || values.only === name);
  const python = await findPython();
  const uv = await installUv(python);
  const rows: Row[] = [];
  for (const release of wanted) {
    const note = noteOf(release);
    const start = performance.now();
    const installed = await install(release, python, uv);
    note(
      `provider ${installed.provider}, azure-keyvault-secrets ${installed.sdk} (${secondsSince(start).toFixed(1)} s)`,
    );
    rows.push(...(await prove(installed)));
  }
  out('');
  for (const line of table(rows)) out(line);
  const bad = rows.filter(({ outcome, expected }) => outcome !== expected).length;
  out(
    `\n${rows.length} cases, ${bad} with another outcome than expected, ${secondsSince(began).toFixed(0)} s`,
  );
  return bad === 0 ? 0 : 1;
}

/** Somebody with Node alone is told, and no more; where the project is built, it must run. */
function skipped({ message }: NotPossible): number {
  const required = process.env.CI === 'true';
  out(`${required ? 'Failed' : 'Skipped'}: real Airflow cannot be run here: ${message}.`);
  return required ? 1 : 0;
}

process.exit(
  await main().catch((error: unknown) => {
    if (error instanceof NotPossible) return skipped(error);
    throw error;
  }),
);
