import { readRun, type ShownRun, startRun } from '../../../local/demo/follow.js';
import type { DuplicateScenario } from './scenario.js';
import {
  expectOutcome,
  fleet,
  HOUR,
  isOver,
  LONGEST_SECONDS,
  left,
  NAMES,
  oneKey,
  post,
  rotated,
  rotation,
  until,
} from './steps.js';

/** The app mints the next credential and moves every runtime to it; a person approves, and shortens the overlap. */
export const rotating: DuplicateScenario = {
  name: 'rotating',
  config: rotation(['strategy: graph', 'overlapHours: 8', 'approval: { before: pilot, deadlineHours: 24 }']),
  prepare: fleet,
  async run(client) {
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await until(client, async () => {
      const run = (await readRun(client, id)) as ShownRun & { waitingFor?: { gate: string } };
      return run.waitingFor !== undefined || isOver(run);
    });
    await post(client, id, 'approve', { gate: 'pilot', decision: 'approve' });
    await until(client, async () => {
      const run = await readRun(client, id);
      return run.overlapUntil !== undefined || isOver(run);
    });
    const soon = Date.parse((await client.clock()).now) + HOUR * 1000;
    await post(client, id, 'overlap', { until: new Date(soon).toISOString() });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...(await rotated(client, id)), ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};

/** The same where every step asks for patience once. */
export const throttled: DuplicateScenario = {
  ...rotating,
  name: 'rotating, throttled',
  kinds: [],
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  async run(client) {
    for (const [service, operation] of [
      ['graph', 'applications.addPassword'],
      ['graph', 'applications.removePassword'],
      ['vault', 'secrets.update'],
      ['arm', 'integrationRuntimes.createOrUpdate'],
      ['arm', 'integrationRuntimes.list'],
    ] as const) {
      await client.addFault({
        match: { service, operation },
        action: { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
        times: 1,
      });
    }
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...(await rotated(client, id)), ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};

/** One runtime fails its check: it goes back to what it had, and moves once its check works again. */
export const straggling: DuplicateScenario = {
  name: 'straggling',
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  kinds: ['child'],
  prepare: fleet,
  async run(client) {
    const [old] = await client.passwords('airflow');
    await client.setAirflow('etl-c', { dags: { airlock_check: { behaviour: 'forged' } } });
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = await expectOutcome(client, id, 'rotatedPartly');
    const carried = (await client.runtimes()).find(({ name }) => name === 'etl-c')?.marker;
    if (carried !== old?.keyId) defects.push(`etl-c carries ${carried}, not ${old?.keyId}, which it had`);
    if ((await client.passwords('airflow')).length !== 2) defects.push('not both keys are there');
    await client.setAirflow('etl-c', { dags: { airlock_check: { behaviour: 'normal' } } });
    // Longer than the longest pause after failures.
    await client.advance(26 * HOUR);
    await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...defects, ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};
