/** What an enablement costs: calls, history, payloads, CPU. Measured on the local cloud, in virtual time. */
import type { LocalClient } from '../local/client.js';
import { firstRunOn, readRun, type ShownRun } from '../local/demo/follow.js';
import { launchLocalCloud } from '../local/launch.js';
import type { RecordedExecution } from '../local/runner/functionsHost.js';
import { EventType } from '../local/runner/history.js';
import type { HostStats } from '../local/runner/hostStats.js';
import { AS_DEPLOYED } from '../local/sample/appSettings.js';
import { PRINCIPALS, runtimeId } from '../local/sample/names.js';
import { type Measurement, measured } from './measure.js';

const HALF_A_DAY = 12 * 3600;

export async function benchEnable(): Promise<Measurement[]> {
  const cloud = await launchLocalCloud({
    port: 0,
    clock: 'virtual',
    keepHistories: true,
    settings: AS_DEPLOYED,
  });
  try {
    const { client } = cloud;
    // The first enablement loads every SDK; its calls count, its CPU time does not.
    await enable(client, 'warm-up');
    const before = await stats(client);
    const { run, ...calls } = await enable(client, 'etl');
    const after = await stats(client);
    const own = after.instances.filter(({ instanceId }) => instanceId.startsWith(run.id));
    const noop = await noopEvent(client, 'etl');
    const polls = await pollsOfTwentyMinutes(client);
    return [
      measured('enable.arm.reads', calls.reads - calls.polls, 'calls'),
      measured('enable.arm.writes', calls.writes, 'calls'),
      measured('enable.arm.polls', calls.polls, 'calls'),
      measured('noop.arm.reads', noop.reads, 'calls'),
      measured('noop.arm.writes', noop.writes, 'calls'),
      measured('poll.arm.reads.20min', polls, 'calls'),
      measured('enable.history.events', Math.max(...own.map(({ maxEvents }) => maxEvents)), 'events'),
      measured('enable.history.total', sum(own.map(({ totalEvents }) => totalEvents)), 'events'),
      measured('enable.entity.operations', await entityOperations(client, own), 'operations'),
      measured('enable.payload.bytes.max', Math.max(...own.map(({ maxPayload }) => maxPayload)), 'bytes'),
      measured('enable.cpu.ms', after.cpuMs - before.cpuMs, 'ms'),
    ];
  } finally {
    await cloud.stop();
  }
}

interface Enabled {
  readonly run: ShownRun;
  readonly reads: number;
  readonly writes: number;
  readonly polls: number;
}

async function enable(client: LocalClient, name: string): Promise<Enabled> {
  await client.createRuntime({ name });
  await client.run({ maxSeconds: HALF_A_DAY });
  const run = await readRun(client, (await firstRunOn(client, name)) ?? '');
  if (run.outcome !== 'enabled') throw new Error(`${name} ended as ${run.outcome}: ${run.summary}`);
  return { run, ...(await calls(client, name)), polls: sum(looksOf(run)) };
}

/** What orchestrations asked of entities, in all their executions. */
async function entityOperations(client: LocalClient, instances: HostStats['instances']): Promise<number> {
  const histories = await Promise.all(instances.map(({ instanceId }) => client.history(instanceId)));
  const events = (histories.flat() as RecordedExecution[]).flatMap(({ history }) => history);
  return events.filter(
    ({ EventType: type, InstanceId: to }) => type === EventType.EventSent && to?.startsWith('@'),
  ).length;
}

/** An event about a runtime that is enabled and proven. */
async function noopEvent(client: LocalClient, name: string): Promise<{ reads: number; writes: number }> {
  const before = await calls(client, name);
  const resourceUri = runtimeId(name);
  await client.deliver(
    {
      id: 'bench-noop',
      subject: resourceUri,
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      eventTime: new Date(0).toISOString(),
      data: { resourceUri, operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write' },
      dataVersion: '2',
      metadataVersion: '1',
    },
    'runtimeEvents',
  );
  await client.run({ maxSeconds: HALF_A_DAY });
  const after = await calls(client, name);
  return { reads: after.reads - before.reads, writes: after.writes - before.writes };
}

async function pollsOfTwentyMinutes(client: LocalClient): Promise<number> {
  await client.setLifecycle({ startSeconds: 20 * 60 }, 'slow');
  const { run } = await enable(client, 'slow');
  return Math.max(...looksOf(run));
}

/** How many looks each wait of a run took, as its audit trail tells. */
function looksOf(run: ShownRun): number[] {
  return run.trail.map(({ outcome }) => Number(/ after (\d+) polls$/.exec(outcome)?.[1] ?? 0));
}

async function calls(client: LocalClient, name: string): Promise<{ reads: number; writes: number }> {
  const ledger = await client.ledger({ service: 'arm', caller: PRINCIPALS.app });
  const own = ledger.filter(({ subject }) => subject?.toLowerCase() === runtimeId(name).toLowerCase());
  const count = (operation: string): number => own.filter((entry) => entry.operation === operation).length;
  return { reads: count('integrationRuntimes.get'), writes: count('integrationRuntimes.createOrUpdate') };
}

async function stats(client: LocalClient): Promise<HostStats> {
  return (await client.stats()) as unknown as HostStats;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
