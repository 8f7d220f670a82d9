/**
 * Replays recorded histories against the orchestrators as they are now: a change that would break instances that are
 * under way while the app is upgraded fails here, and so does one that gives an old history another meaning (what an
 * activity, an entity or a child is asked for, and how it ends). `npm run histories:record` records them anew, from the
 * durable extension, for a change that is meant to: after a release with a new version of the app (docs/operations.md).
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { projectFile } from '../../../local/project.js';
import {
  createFunctionsHost,
  type FunctionsHost,
  type RecordedExecution,
} from '../../../local/runner/functionsHost.js';
import { mostEvents } from '../../histories.js';

/** Orchestrations whose histories are to be recorded anew, before the next release. */
const PENDING: readonly string[] = [];

const { orchestrations } = JSON.parse(readFileSync(projectFile('schema', 'registry.json'), 'utf8')) as {
  orchestrations: Readonly<Record<string, string>>;
};
const names = Object.keys(orchestrations);
const recorded = names.filter((name) => !PENDING.includes(name));

/** What is recorded of an orchestration with how it ended. */
function executionsOf(name: string): readonly RecordedExecution[] {
  const file = projectFile('test', 'histories', `${name}.json`);
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as RecordedExecution[]).filter(
    ({ end }) => end !== undefined,
  );
}

describe('recorded histories', () => {
  let host: FunctionsHost;

  beforeAll(async () => {
    const kernel = createKernel({ mode: 'virtual', onError: (error) => console.error(error) });
    process.env['AIRLOCK_CONFIG_FILE'] = projectFile('local', 'sample', 'airlock.yaml');
    process.env['AIRLOCK_PURGE_SCHEDULE'] = '0 30 3 * * *';
    process.env['AIRLOCK_SWEEP_SCHEDULE'] = '0 15 */6 * * *';
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

  it('are there for every orchestration, and none is pending that is there', () => {
    expect(PENDING.filter((name) => !names.includes(name))).toEqual([]);
    expect(recorded.filter((name) => executionsOf(name).length === 0)).toEqual([]);
    expect(PENDING.filter((name) => executionsOf(name).length > 0)).toEqual([]);
  });

  it('replay, each decision and each end as it was', async () => {
    for (const execution of recorded.flatMap(executionsOf)) {
      const replayed = await host.replay(execution);
      const { name, instanceId, history } = execution;
      expect(replayed, `${name} ${instanceId}`).toMatchObject({ fits: true });
      expect(history.length).toBeLessThanOrEqual(mostEvents(name));
    }
  });
});
