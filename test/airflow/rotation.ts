/** A rotation from end to end over two runtimes with different Airflows. */
import { type ShownRun, startRun } from '../../local/demo/follow.js';
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../local/sample/names.js';
import { MARKER_VARIABLE } from '../../src/domain/settings/backendSettings.js';
import { audit } from '../faults/audit.js';
import { Cloud, configuration } from './cloud.js';
import { followRun, type Note, outcomeOf } from './follow.js';
import type { Installed } from './install.js';
import { RuntimeFixture } from './runtimeFixture.js';

export const ROTATION = 'a rotation over both';
export const ROTATED =
  'rotated, both carry the new credential and read, the old one is removed, no rule broken';

/** Long beside everything else, so that the wait is seen and passed by. */
const OVERLAP_LAPSE_SECONDS = 600;

/** Enables two runtimes, rotates, and gives what came out. */
export async function rotate(pair: readonly [Installed, Installed], note: Note): Promise<string> {
  const cloud = await Cloud.open(configuration(['overlapHours: 1']));
  try {
    const fixtures: RuntimeFixture[] = [];
    try {
      for (const installed of pair) {
        const { name } = installed.release;
        const say: Note = (line) => note(`${name}: ${line}`);
        fixtures.push(
          await RuntimeFixture.open(cloud, installed, say, `airflow-${name.replaceAll('.', '-')}`),
        );
      }
      return await rotateBoth(cloud, fixtures, note);
    } finally {
      await Promise.all(fixtures.map((fixture) => fixture.close()));
    }
  } finally {
    await cloud.close();
  }
}

async function rotateBoth(
  { client }: Cloud,
  fixtures: readonly RuntimeFixture[],
  note: Note,
): Promise<string> {
  const enabled = await Promise.all(fixtures.map((fixture) => fixture.create()));
  if (enabled.some(({ outcome }) => outcome !== 'enabled')) return enabled.map(outcomeOf).join(' and ');
  const old = (await client.passwords('airflow')).map(({ keyId }) => keyId);
  const id = await startRun(client, { action: 'rotate', credential: CREDENTIAL_SECRET, force: true });
  const bridges = fixtures.map(({ bridge }) => bridge);
  const run = await followRun(client, id, note, bridges, {
    lapse: ({ overlapUntil }: ShownRun) => (overlapUntil === undefined ? undefined : OVERLAP_LAPSE_SECONDS),
    seconds: 600,
  });

  const left = (await client.passwords('airflow')).map(({ keyId }) => keyId);
  const [to] = left;
  const carried = await Promise.all(
    fixtures.map(async ({ bridge }) => (await bridge.settings())[MARKER_VARIABLE] === to),
  );
  const checks: string[] = [];
  for (const fixture of fixtures) checks.push(outcomeOf(await fixture.request('check')));
  const app = { app: PRINCIPALS.app, secret: CREDENTIAL_SECRET };
  const violations = audit(await client.ledger(), app).map(({ rule, what }) => `rule ${rule}: ${what}`);
  return [
    outcomeOf(run),
    `${carried.every(Boolean) && to !== undefined ? 'both carry the new credential' : 'not all carry it'}${
      checks.every((one) => one === 'accessProven') ? ' and read' : `, checks: ${checks.join(' and ')}`
    }`,
    left.length === 1 && !old.includes(to ?? '') ? 'the old one is removed' : `keys ${left.join(' and ')}`,
    violations.length === 0 ? 'no rule broken' : violations.join('; '),
  ].join(', ');
}
