/** Storage operations of an app that has nothing to do, and of one enablement. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Measurement, measured } from '../../../bench/measure.js';
import {
  billed,
  type CountedStorage,
  countStorage,
  type Operations,
  withoutLooks,
} from '../countingProxy.js';
import { ScenarioContext } from '../scenarios/context.js';
import { launchExtensionCloud } from '../setup/launch.js';
import { asHostEnvironment, longestPollMs } from './hostSettings.js';

/** Looks into queues become rarer step by step, each pause at most twice the one before. */
const SETTLE_POLLS = 4;
const LEAST_SETTLE_MS = 60_000;
/** So long that one look more or less into a queue counts little. */
const IDLE_MS = 300_000;
/** Longer than an event of the app's own write is on its way. */
const LAST_EVENT_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/** A minute of idling and an enablement on one host. Azurite, the C# host and the local cloud are this function's own. */
export async function measureOperations(settings: Readonly<Record<string, string>>): Promise<Measurement[]> {
  let storage: CountedStorage | undefined;
  const cloud = await launchExtensionCloud({
    runtimeStartSeconds: 5,
    // A sweep at midnight would be counted.
    settings: { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    hostEnvironment: asHostEnvironment(settings),
    async storageThrough(connectionString) {
      storage = await countStorage(connectionString);
      return storage.connectionString;
    },
  });
  if (storage === undefined) throw new Error('The storage is not counted.');
  try {
    return await measure(storage, new ScenarioContext(cloud), longestPollMs(settings));
  } finally {
    await cloud.stop();
    storage.close();
  }
}

async function measure(
  storage: CountedStorage,
  context: ScenarioContext,
  longest: number,
): Promise<Measurement[]> {
  // The app's first list of the fleet is no part of an enablement.
  await context.startedAndEnded({ action: 'sweep' });
  await pause(Math.max(LEAST_SETTLE_MS, SETTLE_POLLS * longest));
  const before = storage.count();
  await pause(IDLE_MS);
  const [idle, began] = [storage.count(), performance.now()];
  const { started } = await orchestrations(context);
  await context.client.createRuntime({ name: 'etl' });
  await atRest(context, started);
  const [after, elapsed] = [storage.count(), performance.now() - began];
  const { outcome } = await context.ended(await context.firstRun('etl'));
  if (outcome !== 'enabled') throw new Error(`The enablement ended ${outcome}.`);
  const aMinute = perMinute(between(before, idle), IDLE_MS);
  const enablement = between(idle, after);
  const own = (of: (operations: Operations) => number) => of(enablement) - (of(aMinute) * elapsed) / 60_000;
  return [
    measured('idle.storage.operations.per.minute', billed(aMinute), 'operations'),
    measured('idle.storage.queue.per.minute', aMinute.queue, 'operations'),
    measured('idle.storage.table.per.minute', aMinute.table, 'operations'),
    measured('idle.storage.blob.per.minute', aMinute.blob, 'operations'),
    measured('enable.storage.operations', own(billed), 'operations'),
    // How many looks find nothing is chance; the rest is the same each time.
    measured('enable.storage.operations.without.looks', own(withoutLooks), 'operations'),
    measured('enable.storage.s', elapsed / 1000, 's'),
  ];
}

/**
 * Waits until more orchestrations have started than had, and all have ended, with those that the app's own write leads to. By
 * the ledger: the app's API would read tables, which would be counted.
 */
async function atRest(context: ScenarioContext, had: number): Promise<void> {
  for (let quietSince = Number.NaN; !(performance.now() - quietSince > LAST_EVENT_MS); ) {
    await pause(LOOK_EVERY_MS);
    const { started, ended } = await orchestrations(context);
    if (started === had || started > ended) quietSince = Number.NaN;
    else if (Number.isNaN(quietSince)) quietSince = performance.now();
  }
}

async function orchestrations({ client }: ScenarioContext): Promise<{ started: number; ended: number }> {
  const ledger = await client.ledger({ service: 'host' });
  const count = (operation: string) => ledger.filter((entry) => entry.operation === operation).length;
  return { started: count('orchestration.started'), ended: count('orchestration.completed') };
}

function between(before: Operations, after: Operations): Operations {
  return eachKind((kind) => after[kind] - before[kind]);
}

function perMinute(operations: Operations, ms: number): Operations {
  return eachKind((kind) => (operations[kind] * 60_000) / ms);
}

function eachKind(of: (kind: keyof Operations) => number): Operations {
  return { queue: of('queue'), table: of('table'), blob: of('blob'), emptyLooks: of('emptyLooks') };
}
