/**
 * Replays recorded histories against the orchestrators as they are now: a change that would break instances that are
 * under way while the app is upgraded fails here. `npm run histories:record` records them anew, for a change that is
 * meant to (then let running instances end before you deploy it).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { projectFile } from '../../../local/project.js';
import {
  createFunctionsHost,
  type FunctionsHost,
  type RecordedExecution,
} from '../../../local/runner/functionsHost.js';
import { parseRuntimeId } from '../../../src/domain/runtimeId.js';
import { runtimeRecordKey } from '../../../src/domain/runtimeRecord.js';
import { enable, requestRun, runtimeId, settle, startCloud } from './harness.js';

const FOLDER = new URL('../../histories/', import.meta.url);
const RECORD = process.env.RECORD_HISTORIES === '1';

/** Every orchestration at work: waits, retries, a lease held by somebody else, a check, a profile. */
async function record(): Promise<void> {
  const cloud = await startCloud({ keepHistories: true });
  try {
    const { client } = cloud;
    await client.addFault({
      match: { service: 'arm', operation: 'integrationRuntimes.createOrUpdate', subject: 'recorded' },
      action: { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
      times: 2,
      skip: 1,
    });
    await client.setLifecycle({ startSeconds: 300 }, 'recorded');
    await enable(cloud, { name: 'recorded' }, { dags: { airlock_check: { paused: true } } });
    await client.createRuntime({ name: 'waiting' });
    await holdLease(client.ready, 'waiting', Date.parse((await client.clock()).now));
    await settle(client, 'waiting');
    await requestRun(client, { action: 'check', profile: 'default' });
    const { instances } = (await client.stats()) as { instances: { instanceId: string; name: string }[] };
    for (const name of new Set(instances.map((instance) => instance.name))) {
      const executions: unknown[] = [];
      for (const { instanceId } of instances.filter((instance) => instance.name === name)) {
        executions.push(...(await client.history(instanceId)));
      }
      // Two executions of each length tell as much as all of them.
      const lengths = new Map<number, number>();
      const kept = (executions as RecordedExecution[]).filter(({ history }) => {
        const count = (lengths.get(history.length) ?? 0) + 1;
        lengths.set(history.length, count);
        return count <= 2;
      });
      writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(kept, null, 1)}\n`);
    }
  } finally {
    await cloud.handle.stop();
  }
}

async function holdLease(
  ready: { functions: string; systemKey: string },
  name: string,
  now: number,
): Promise<void> {
  const id = parseRuntimeId(runtimeId(name));
  const key = id ? runtimeRecordKey(id) : '';
  const path = `/runtime/webhooks/durabletask/entities/runtimeRecord/${key}?op=acquireLease&code=${ready.systemKey}`;
  const body = JSON.stringify({ kind: 'acquireLease', runId: 'somebody-else', now, leaseMs: 240_000 });
  await fetch(new URL(path, ready.functions), { method: 'POST', body });
}

describe('recorded histories', () => {
  let host: FunctionsHost;

  beforeAll(async () => {
    if (RECORD) await record();
    const kernel = createKernel({ mode: 'virtual', onError: (error) => console.error(error) });
    process.env.AIRLOCK_CONFIG_FILE = projectFile('local', 'scenario', 'airlock.yaml');
    process.env.AIRLOCK_PURGE_SCHEDULE = '0 30 3 * * *';
    process.env.AIRLOCK_SWEEP_SCHEDULE = '0 15 */6 * * *';
    host = createFunctionsHost({
      kernel,
      appEntry: projectFile('dist', 'main.js'),
      functionKey: 'f',
      systemKey: 's',
      onLog: () => undefined,
    });
    await host.start(0);
  });
  afterAll(async () => {
    await host.stop();
  });

  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

  it('are there for every orchestration', () => {
    expect(files.sort()).toEqual(
      ['awaitLease', 'awaitRuntime', 'checkAccess', 'profileRun', 'retryStep', 'runtimeRun'].map(
        (name) => `${name}.json`,
      ),
    );
  });

  it.each(files)('%s replays', async (file) => {
    const executions = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as RecordedExecution[];

    expect(executions.length).toBeGreaterThan(0);
    for (const execution of executions) {
      expect(await host.replay(execution), execution.instanceId).toEqual({ fits: true });
      expect(execution.history.length).toBeLessThanOrEqual(60);
    }
  });

  it('would not replay on an orchestrator that calls something else', async () => {
    const [execution] = JSON.parse(
      readFileSync(new URL('runtimeRun.json', FOLDER), 'utf8'),
    ) as RecordedExecution[];
    const history = (execution?.history ?? []).map((event) =>
      event.Name === 'inspectRuntime' ? { ...event, Name: 'readRuntime' } : event,
    );

    const replayed = await host.replay({ ...(execution as RecordedExecution), history });

    expect(replayed.fits).toBe(false);
  });
});
