import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createKernel, type LocalKernel } from '../../../local/kernel/kernel.js';
import { Engine } from '../../../local/runner/engine.js';
import { Invoker } from '../../../local/runner/invoke.js';
import type { DurableState } from '../../../local/runner/state.js';
import type { VersionSettings } from '../../../local/runner/versions.js';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;
const kernels: LocalKernel[] = [];

beforeAll(async () => {
  runner = await openTestRunner();
});
afterEach(() => {
  for (const kernel of kernels.splice(0)) kernel.clock.stop();
});
afterAll(() => runner.close());

const fail = (error: unknown): never => {
  throw error;
};

/** The app at a version of its own, on what an earlier one left. */
function appOf(versions: VersionSettings, state?: DurableState) {
  const kernel = createKernel({ mode: 'virtual', onError: fail });
  kernels.push(kernel);
  const silent = () => undefined;
  const engine = new Engine({
    kernel,
    invoker: new Invoker(runner.host.registrations, () => ({}), silent),
    versions,
    onError: fail,
  });
  if (state) engine.restore(state);
  return {
    engine,
    pass: () => kernel.clock.advance(5000),
    shown: (id: string) => engine.state.instances[id],
  };
}

const VERSION = 'VersionMismatch: Orchestration version did not comply with Worker Versioning';

it('gives an instance the version of the app that started it, and its children theirs', async () => {
  const { engine, pass, shown } = appOf({ defaultVersion: '1.0' });
  engine.start('version-of-children', null, 'family');
  await pass();
  expect(JSON.parse(shown('family')?.output ?? '')).toEqual({ own: '1.0', child: '1.0', older: '0.9' });
});

it.each<[string, VersionSettings, string, string | undefined]>([
  ['a newer app', { defaultVersion: '2.0' }, 'Completed', '{"before":"1.5","after":"1.5"}'],
  [
    'a newer app that is strict',
    { defaultVersion: '2.0', versionMatchStrategy: 'Strict', versionFailureStrategy: 'Fail' },
    'Failed',
    JSON.stringify(VERSION),
  ],
  ['an older app', { defaultVersion: '1.0' }, 'Running', undefined],
  [
    'an older app that fails others',
    { defaultVersion: '1.0', versionFailureStrategy: 'Fail' },
    'Failed',
    JSON.stringify(VERSION),
  ],
  [
    'an older app that does not look',
    { defaultVersion: '1.0', versionMatchStrategy: 'None' },
    'Completed',
    '{"before":"1.5","after":"1.5"}',
  ],
])('goes on under %s', async (_, versions, status, output) => {
  const before = appOf({ defaultVersion: '1.5' });
  before.engine.start('version', null, 'one');
  await before.pass();
  const after = appOf(versions, before.engine.snapshot());
  after.engine.raise('one', 'go', '1');
  await after.pass();

  expect(after.shown('one')?.status).toBe(status);
  expect(after.shown('one')?.output ?? undefined).toBe(output);
});

it('takes up what an older app left as soon as it may', async () => {
  const newer = appOf({ defaultVersion: '2.0' });
  newer.engine.start('version', null, 'waits');
  await newer.pass();
  const older = appOf({ defaultVersion: '1.0' }, newer.engine.snapshot());
  older.engine.raise('waits', 'go', '1');
  await older.pass();
  const again = appOf({ defaultVersion: '2.0' }, older.engine.snapshot());
  await again.pass();
  expect(again.shown('waits')?.status).toBe('Completed');
});

it('knows no critical sections under schema V3', async () => {
  const kernel = createKernel({ mode: 'virtual', onError: fail });
  kernels.push(kernel);
  const engine = new Engine({
    kernel,
    invoker: new Invoker(
      runner.host.registrations,
      () => ({}),
      () => undefined,
    ),
    schema: 'V3',
    onError: fail,
  });
  engine.start('locks', '{"key":"v3"}', 'v3');
  await kernel.clock.advance(5000);
  expect(engine.state.instances['v3']?.output).toMatch(/lock requires a Durable Functions extension/);
});
