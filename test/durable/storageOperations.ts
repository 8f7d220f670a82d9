/**
 * `npm run bench:storage`: counts the storage operations of an idle app and of one enablement, on the real extension
 * with the polling of a deployed app, and prints them. docs/cost.md goes by these numbers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { readArguments } from '../../infra/scripts/commandLine.mjs';
import { type CountedStorage, countStorage, type Operations } from './countingProxy.js';
import { ScenarioContext } from './scenarios/context.js';
import { endEverything, launchExtensionCloud } from './setup/launch.js';

readArguments(`Usage: npm run bench:storage
Counts the storage operations of an idle app and of one enablement, on the real extension, and prints them. Takes ten minutes.`);

/** Polling slows down step by step, up to `maxQueuePollingInterval`. */
const SETTLE_MS = 120_000;
const IDLE_MS = 180_000;
/** Longer than any wait of an enablement whose runtime starts in seconds: no message for so long, and it has ended. */
const ENDED_AFTER_MS = 60_000;

type Counts = Readonly<Record<'queue' | 'table' | 'blob', number>>;

/** What was done between two counts, looks into empty queues taken off. */
function done(before: Operations, after: Operations): Counts {
  const emptyLooks = after.emptyLooks - before.emptyLooks;
  return {
    queue: after.queue - before.queue - emptyLooks,
    table: after.table - before.table,
    blob: after.blob - before.blob,
  };
}

/** Waits until no message moves; nothing here reads the app's API, which would be counted, too. */
async function messagesAtRest(storage: CountedStorage): Promise<void> {
  const moved = () => storage.count().queue - storage.count().emptyLooks;
  for (let before = -1; before !== moved(); ) {
    before = moved();
    await pause(ENDED_AFTER_MS);
  }
}

function print(what: string, counts: Counts): void {
  const rounded = Object.entries(counts).map(([kind, count]) => `${kind} ${Math.round(count * 10) / 10}`);
  const sum = Object.values(counts).reduce((all, one) => all + one, 0);
  process.stdout.write(`${what}: ${Math.round(sum)} (${rounded.join(', ')})\n`);
}

async function measure(storage: CountedStorage, context: ScenarioContext): Promise<void> {
  await pause(SETTLE_MS);
  const idle = storage.count();
  await pause(IDLE_MS);
  const [begun, began] = [storage.count(), performance.now()];
  const minutes = IDLE_MS / 60_000;
  const inIdle = done(idle, begun);
  const idleAMinute: Counts = {
    queue: (begun.queue - idle.queue) / minutes,
    table: inIdle.table / minutes,
    blob: inIdle.blob / minutes,
  };
  print('an idle minute', idleAMinute);
  await context.create('etl');
  await messagesAtRest(storage);
  const elapsed = (performance.now() - began) / 60_000;
  const all = done(begun, storage.count());
  const { outcome } = await context.ended(await context.firstRun('etl'));
  print(`an enablement that ended ${outcome}, without what an idle app does meanwhile`, {
    queue: all.queue,
    table: all.table - idleAMinute.table * elapsed,
    blob: all.blob - idleAMinute.blob * elapsed,
  });
}

let storage: CountedStorage | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void endEverything().finally(() => process.exit(1)));
}
try {
  const cloud = await launchExtensionCloud({
    runtimeStartSeconds: 5,
    hostEnvironment: {
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:30',
    },
    async storageThrough(connectionString) {
      storage = await countStorage(connectionString);
      return storage.connectionString;
    },
  });
  if (storage === undefined) throw new Error('The storage is not counted.');
  await measure(storage, new ScenarioContext(cloud));
} finally {
  storage?.close();
  await endEverything();
}
