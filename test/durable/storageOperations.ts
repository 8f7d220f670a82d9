/**
 * `npm run bench:storage`: counts the storage operations of an idle app and of one enablement, on the real extension
 * with the polling of a deployed app, and prints them. docs/cost.md goes by these numbers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type CountedStorage, countStorage, type Operations } from './countingProxy.js';
import { endEverything, launchExtensionCloud } from './setup/launch.js';
import { Scene } from './stories/scene.js';

/** Polling slows down step by step, up to `maxQueuePollingInterval`. */
const SETTLE_SECONDS = 120;
const IDLE_MINUTES = 3;

const between = (before: Operations, after: Operations, part = 1) =>
  Object.fromEntries(
    (['queue', 'table', 'blob', 'emptyLooks'] as const).map((kind) => [
      kind,
      Math.round(((after[kind] - before[kind]) / part) * 10) / 10,
    ]),
  );
const out = (what: string, counts: object) => process.stdout.write(`${what} ${JSON.stringify(counts)}\n`);

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
  await pause(SETTLE_SECONDS * 1000);
  const idle = storage.count();
  await pause(IDLE_MINUTES * 60_000);
  const begun = storage.count();
  out('idle, a minute:', between(idle, begun, IDLE_MINUTES));
  const scene = new Scene(cloud);
  const { outcome } = await scene.enable('etl');
  await scene.quiet();
  out(`an enablement (${outcome}):`, between(begun, storage.count()));
} finally {
  storage?.close();
  await endEverything();
}
