/**
 * How long an orchestration waits for its first episode on a hub that was idle, where the host that starts it does not own
 * the partition: so it is on Flex Consumption, which runs events and orchestrations on different hosts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Measurement, measured, median } from '../../../bench/measure.js';
import { projectFile } from '../../../local/project.js';
import { Partitions, workerId } from '../extension/partitions.js';
import { type ExtensionCloud, launchExtensionCloud } from '../setup/launch.js';
import { asHostEnvironment, longestPollMs } from './hostSettings.js';

const REPETITIONS = 8;
/** A start is asked of the first host; the other one is given the partitions. */
const OTHER_HOST = 1;
/** Hosts look at the leases every ten seconds. */
const LEASES_MS = 25_000;
/** The pause between two looks has grown to its longest, milliseconds at least and in longest pauses. */
const LEAST_IDLE_MS = 10_000;
const IDLE_POLLS = 2.2;
const LONGEST_START_MS = 120_000;
const LOOK_EVERY_MS = 250;

/** Two hosts on a hub, an app that does nothing; the local cloud is this function's own. */
export async function measureStarts(settings: Readonly<Record<string, string>>): Promise<Measurement[]> {
  const cloud = await launchExtensionCloud({
    app: projectFile('build', 'bench-app.js'),
    hosts: 2,
    hostEnvironment: asHostEnvironment(settings),
  });
  try {
    const latencies = await startsElsewhere(cloud, longestPollMs(settings));
    return [
      measured('start.elsewhere.median.s', median(latencies), 's'),
      measured('start.elsewhere.max.s', Math.max(...latencies), 's'),
    ];
  } finally {
    await cloud.stop();
  }
}

/** Seconds, of those starts that the other host took up. With several partitions the first host keeps its share of them. */
async function startsElsewhere(cloud: ExtensionCloud, longest: number): Promise<readonly number[]> {
  await new Partitions(cloud.storage.connectionString, cloud.hub).giveAll(workerId(OTHER_HOST));
  await pause(LEASES_MS);
  const latencies: number[] = [];
  for (let n = 0; latencies.length < REPETITIONS; n++) {
    // At another moment between two looks each time.
    const moment = (latencies.length + 0.5) / REPETITIONS;
    await pause(Math.max(LEAST_IDLE_MS, IDLE_POLLS * longest) + moment * longest);
    const { host, seconds } = await timedStart(cloud, `start-${n}`);
    if (host === OTHER_HOST) latencies.push(seconds);
  }
  return latencies;
}

async function timedStart(
  { client, ready }: ExtensionCloud,
  id: string,
): Promise<{ host: unknown; seconds: number }> {
  const began = Date.now();
  const path = `/runtime/webhooks/durabletask/orchestrators/sequence/${id}?code=${ready.systemKey}`;
  const { status } = await client.functions(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '0',
  });
  if (status !== 202) throw new Error(`The start of ${id} was answered ${status}.`);
  while (Date.now() - began < LONGEST_START_MS) {
    const ledger = await client.ledger({ service: 'host', operation: 'orchestration.started' });
    const entry = ledger.find(({ subject }) => subject === id);
    if (entry) return { host: entry.detail?.['host'], seconds: (Date.parse(entry.at) - began) / 1000 };
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`${id} has not begun after ${LONGEST_START_MS / 1000} s.`);
}
