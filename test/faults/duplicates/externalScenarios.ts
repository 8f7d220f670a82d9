import { readRun, startRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import type { DuplicateScenario } from './scenario.js';
import {
  DAY,
  expectOutcome,
  fleet,
  isOver,
  LONGEST_SECONDS,
  left,
  NAMES,
  rotation,
  until,
  untilMidnight,
} from './steps.js';

/** Somebody else writes the next version of the secret, and the app moves every runtime to it. */
export const external: DuplicateScenario = {
  name: 'external',
  config: rotation(['strategy: external', 'overlapHours: 1']),
  prepare: fleet,
  async run(client) {
    const before = await client.passwords('airflow');
    const end = Date.parse((await client.clock()).now) + 90 * DAY * 1000;
    const { value } = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
      value,
      exp: Math.floor(end / 1000),
    });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [...(await left(client, NAMES, version))];
    const again = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { outcome } = await readRun(client, again);
    if (outcome !== 'upToDate') defects.push(`a rotation afterwards ends as ${outcome}, not upToDate`);
    if ((await client.passwords('airflow')).length !== before.length + 1) defects.push('a key was removed');
    // Whoever wrote the new one takes the old ones away.
    for (const { keyId } of before) await client.removePassword('airflow', keyId);
    return defects;
  },
};

/** Nobody knows when what somebody else wrote ends: three rotations find it, and one event of the day tells. */
export const expiring: DuplicateScenario = {
  name: 'expiring',
  config: rotation(['strategy: external', 'overlapHours: 1']),
  kinds: ['entity'],
  prepare: fleet,
  async run(client) {
    const before = await client.passwords('airflow');
    const { value } = await client.addPassword('airflow', {});
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const midnight = await untilMidnight(client);
    const defects: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
      await until(client, async () => isOver(await readRun(client, id)));
      defects.push(...(await expectOutcome(client, id, 'expiring')));
    }
    await client.run({ maxSeconds: LONGEST_SECONDS });
    // By whichever run looked first: at New Year that is one that the cloud's only sweep has started.
    const matching = new Set(
      ((await client.published()) as { id: string; eventType: string; eventTime: string }[])
        .filter(({ eventType }) => eventType === 'Airlock.CredentialExpiring.v1')
        .filter(({ eventTime }) => Date.parse(eventTime) >= midnight)
        .map((event) => event.id),
    );
    // One more where the entity's answer was out and its state was not kept yet.
    if (matching.size < 1 || matching.size > 2)
      defects.push(`${matching.size} events tell that nobody knows the end, not one`);
    for (const { keyId } of before) await client.removePassword('airflow', keyId);
    return [...defects, ...(await left(client, NAMES, version))];
  },
};

/** Somebody writes a version without saying which key it holds: the app finds the key and notes it. */
export const untagged: DuplicateScenario = {
  name: 'untagged',
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  kinds: ['activity'],
  prepare: fleet,
  async run(client) {
    const before = await client.passwords('airflow');
    const end = Date.parse((await client.clock()).now) + 400 * DAY * 1000;
    const { keyId, value } = await client.addPassword('airflow', {
      endDateTime: new Date(end).toISOString(),
    });
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const again = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [
      ...(await expectOutcome(client, again, 'upToDate')),
      ...(await left(client, NAMES, version)),
    ];
    if (!(await client.passwords('airflow')).some((key) => key.keyId === keyId))
      defects.push('its key is gone');
    for (const key of before) await client.removePassword('airflow', key.keyId);
    return defects;
  },
};
