/**
 * Replays recorded histories against the orchestrators as they are now: a change that would break instances that are
 * under way while the app is upgraded fails here. `npm run histories:record` records them anew, from the durable
 * extension, for a change that is meant to (then let running instances end before you deploy it).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { projectFile } from '../../../local/project.js';
import {
  createFunctionsHost,
  type FunctionsHost,
  type RecordedExecution,
} from '../../../local/runner/functionsHost.js';

const FOLDER = new URL('../../histories/', import.meta.url);
/** They need a maintenance window, which opens at its own time. */
const NOT_RECORDED = ['awaitDrained', 'awaitMoment'];

describe('recorded histories', () => {
  let host: FunctionsHost;

  beforeAll(async () => {
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
    const registered = [...host.registrations.functions.values()]
      .filter(({ metadata }) =>
        Object.values(metadata.bindings).some(({ type }) => type === 'orchestrationTrigger'),
      )
      .map(({ metadata }) => metadata.name)
      .filter((name) => !NOT_RECORDED.includes(name));

    expect(files.sort()).toEqual(registered.map((name) => `${name}.json`).sort());
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
