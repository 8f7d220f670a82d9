/** Carries the cases out, each with its time and its outcome. */

import { CASES, type Case } from './cases.js';
import { Cloud } from './cloud.js';
import type { Note } from './follow.js';
import type { Installed } from './install.js';
import { isAirflow3, type Release } from './releases.js';
import { ROTATED, ROTATION, rotate } from './rotation.js';
import { RuntimeFixture } from './runtimeFixture.js';
import type { Row } from './table.js';

/** All cases of one release, on one runtime. `only`: a part of the names of those that are wanted. */
export async function proveRelease(installed: Installed, only: string, note: Note): Promise<Row[]> {
  const { release, provider } = installed;
  const rows: Row[] = [];
  const cloud = await Cloud.open();
  try {
    const fixture = await RuntimeFixture.open(cloud, installed, note);
    try {
      for (const { name, expected, run } of casesOf(release, only)) {
        note(`── ${name}`);
        const measured = await measure(() => run(fixture), note);
        rows.push(told({ airflow: release.airflow, provider, name, expected, ...measured }, note));
      }
    } finally {
      await fixture.close();
    }
  } finally {
    await cloud.close();
  }
  return rows;
}

/** A rotation over two releases. */
export async function proveRotation(pair: readonly [Installed, Installed], note: Note): Promise<Row> {
  const [first, second] = pair;
  const measured = await measure(() => rotate(pair, note), note);
  return told(
    {
      airflow: `${first.release.airflow} and ${second.release.airflow}`,
      provider: `${first.provider} and ${second.provider}`,
      name: ROTATION,
      expected: ROTATED,
      ...measured,
    },
    note,
  );
}

/** The cases of a release; the first makes the runtime, and is always wanted. */
export function casesOf(release: Release, only = ''): Case[] {
  const family = isAirflow3(release) ? 'airflow3' : 'airflow2';
  const fitting = CASES.filter(
    ({ on, family: wanted }) => on.includes(release.cases) && (wanted === undefined || wanted === family),
  );
  return fitting.filter(({ name }, place) => place === 0 || name.includes(only));
}

async function measure(
  run: () => Promise<string>,
  note: Note,
): Promise<{ outcome: string; seconds: number }> {
  const start = performance.now();
  const outcome = await run().catch((error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const line of text.split('\n')) note(line);
    return `error: ${text.split('\n')[0]}`;
  });
  return { outcome, seconds: (performance.now() - start) / 1000 };
}

function told(row: Row, note: Note): Row {
  note(`${row.outcome === row.expected ? '✓' : '✗'} ${row.outcome} (${row.seconds.toFixed(1)} s)`);
  return row;
}
