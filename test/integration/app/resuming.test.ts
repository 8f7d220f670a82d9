import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { runsOn, settle, startCloud, type TestCloud } from './harness.js';

const APP = 'b5a7e9d2-0c46-4f83-a1d8-2e6b94c07f1a';

describe('a process that dies in the middle of an enablement', () => {
  let state: string;
  let cloud: TestCloud;

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'airlock-resume-'));
  });
  afterEach(async () => {
    await cloud.handle.stop();
    rmSync(state, { recursive: true, force: true });
  });

  const crash = (match: NewFault['match'], skip = 0): NewFault => ({
    match,
    action: { kind: 'crash' },
    times: 1,
    skip,
  });
  const cases: [label: string, fault: NewFault][] = [
    ['after the first read, before its record', crash({ service: 'host', operation: 'after-activity' })],
    ['in a later activity', crash({ service: 'host', operation: 'before-activity' }, 5)],
    ['between messages and history', crash({ service: 'host', operation: 'after-dispatch' }, 4)],
    [
      'after an episode, before anything of it is recorded',
      crash({ service: 'host', operation: 'after-orchestrator' }, 9),
    ],
    ['after an entity answered', crash({ service: 'host', operation: 'after-entity' }, 2)],
    [
      'with the write done and its answer lost',
      crash({ service: 'arm', operation: 'integrationRuntimes.createOrUpdate', caller: APP }),
    ],
    [
      'with the canary made and its answer lost',
      crash({ service: 'vault', operation: 'secrets.set', caller: APP }),
    ],
    [
      'with the check triggered and its answer lost',
      crash({ service: 'airflow', operation: 'dagRuns.trigger' }),
    ],
  ];

  it.each(cases)('goes on: %s', async (_label, fault) => {
    cloud = await startCloud({ state });
    await cloud.client.addFault(fault);
    await cloud.client.createRuntime({ name: 'etl' });
    // The process dies under this call.
    await cloud.client.run({ maxSeconds: 12 * 3600 }).catch(() => undefined);
    await cloud.handle.exit;

    cloud = await startCloud({ state });
    const run = await settle(cloud.client, 'etl');

    expect(run).toMatchObject({ outcome: 'enabled' });
    const outcomes = (await runsOn(cloud.client, 'etl')).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'enabled')).toHaveLength(1);
    const runtimes = await cloud.client.runtimes();
    expect(runtimes).toHaveLength(1);
  });
});
