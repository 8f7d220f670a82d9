import { readRun, startRun } from '../../../local/demo/follow.js';
import { TEST_CLOUD_CONFIG } from '../config.js';
import { THEIR_OWN } from '../portal.js';
import type { DuplicateScenario } from './scenario.js';
import { expectOutcome, fleet, HOUR, LONGEST_SECONDS, left, NAMES, readEnded, remove } from './steps.js';

/** No event told of two runtimes: a sweep finds them. Then all are checked, and the app looks at its own set-up. */
export const sweeping: DuplicateScenario = {
  name: 'sweeping',
  config: TEST_CLOUD_CONFIG,
  async prepare(client) {
    await fleet(client);
    // What its list does not show is new to the app from then on.
    await readEnded(client, { action: 'sweep' });
    await client.unsubscribe('airlock-runtimes');
  },
  async run(client, turn) {
    const silent = `silent-${turn}`;
    const names = [...NAMES, silent];
    await client.createRuntime({ name: silent });
    await client.createRuntime({ name: 'etl-a', airflowProperties: THEIR_OWN });
    await client.run({ maxSeconds: HOUR });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = await expectOutcome(client, id, 'swept');
    const checks = await startRun(client, { action: 'check', profile: 'default' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { result: checked } = (await readRun(client, checks)) as { result?: { outcomes: object } };
    const outcomes = JSON.stringify(checked?.outcomes);
    if (outcomes !== JSON.stringify({ accessProven: names.length }))
      defects.push(`the checks end as ${outcomes}`);
    const preflight = await startRun(client, { action: 'preflight' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { status } = await readRun(client, preflight);
    if (status !== 'completed') defects.push(`the preflight is ${status}`);
    const { result } = (await readEnded(client, { action: 'sweep', dryRun: true })) as {
      result?: { profiles: readonly { findings: object }[] };
    };
    const findings = JSON.stringify(result?.profiles[0]?.findings);
    if (findings !== JSON.stringify({ fine: names.length }))
      defects.push(`a sweep afterwards finds ${findings}`);
    defects.push(...(await left(client, names)));
    await remove(client, silent);
    return defects;
  },
};

/** A runtime that nothing is to be written to: the sweep notes that it was there. */
export const observing: DuplicateScenario = {
  name: 'observing',
  config: `${TEST_CLOUD_CONFIG}    mode: observe\n`,
  kinds: ['entity'],
  prepare: () => Promise.resolve(),
  async run(client, turn) {
    const name = `there-${turn}`;
    await client.createRuntime({ name });
    await client.run({ maxSeconds: HOUR });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const events = (await client.published()) as { id: string; eventType: string; data: { runId: string } }[];
    const matching = events.filter(
      ({ eventType, data }) => eventType === 'Airlock.ExistingRuntimesFound.v1' && data.runId === id,
    );
    const { marker } = (await client.runtimes()).find((runtime) => runtime.name === name) ?? {};
    await remove(client, name);
    return [
      ...(await expectOutcome(client, id, 'swept')),
      // None where the entity's answer was out and its state was kept already.
      ...(new Set(matching.map((event) => event.id)).size <= 1
        ? []
        : [`${matching.length} events tell of ${name}`]),
      ...(marker ? [`${name} was written`] : []),
    ];
  },
};

/** A sweep finds that Microsoft Graph refuses it, and the topic is down for as long as it tells of that. */
export const unsent: DuplicateScenario = {
  name: 'unsent',
  config: TEST_CLOUD_CONFIG,
  kinds: [],
  async prepare(client) {
    await fleet(client);
    // What is there is noted once.
    await readEnded(client, { action: 'sweep' });
  },
  async run(client) {
    await client.addFault({ match: { service: 'graph' }, action: { kind: 'status', status: 403 }, times: 1 });
    await client.addFault({
      match: { service: 'eventGrid', operation: 'events.publish' },
      action: { kind: 'drop' },
      times: 3,
    });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const again = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const events = (await client.published()) as { id: string; data: { runId: string } }[];
    const matching = new Set(events.filter(({ data }) => data.runId === id).map((event) => event.id));
    return [
      ...(await expectOutcome(client, id, 'swept')),
      ...(await expectOutcome(client, again, 'swept')),
      ...(matching.size === 1 ? [] : [`${matching.size} events tell of what the sweep found, not one`]),
      ...(await left(client, NAMES)),
    ];
  },
};
