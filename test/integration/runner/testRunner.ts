/** A functions host in this process, with the probe functions of `app/`, on virtual time. One for each test file. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { durableFault } from '../../../local/durableFaults.js';
import { createKernel, type LocalKernel } from '../../../local/kernel/kernel.js';
import type { FaultAction } from '../../../local/kernel/types.js';
import {
  createFunctionsHost,
  type FunctionsHost,
  type FunctionsHostOptions,
} from '../../../local/runner/functionsHost.js';

export const SYSTEM_KEY = 'system-key';
export const FUNCTION_KEY = 'function-key';
const APP = fileURLToPath(new URL('app/main.mjs', import.meta.url));
const LONGEST_MS = 40 * 24 * 3600_000;

interface InstanceStatus {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

export interface TestRunner {
  readonly kernel: LocalKernel;
  readonly host: FunctionsHost;
  readonly origin: string;
  /** What activities counted, by key. */
  readonly calls: Map<string, unknown>;
  api(path: string, init?: RequestInit): Promise<Response>;
  start(name: string, id: string, input?: unknown): Promise<Response>;
  status(id: string): Promise<InstanceStatus>;
  /** Lets so much time go by that whatever can go on without waiting has; default: 5 s. */
  pass(ms?: number): Promise<void>;
  /** Starts an instance, lets time pass, and tells how it stands. */
  outcome(name: string, id: string, input?: unknown): Promise<InstanceStatus>;
  /** Sets a fault of the service `host`, for one call. */
  fault(operation: string, subject: string, action: FaultAction): void;
  /** Ends the host; fails where it had an error of its own. */
  close(): Promise<void>;
}

export async function openTestRunner(durable: FunctionsHostOptions['durable'] = {}): Promise<TestRunner> {
  const errors: unknown[] = [];
  const kernel = createKernel({ mode: 'virtual', onError: (error) => errors.push(error) });
  const host = createFunctionsHost({
    kernel,
    appEntry: APP,
    functionKey: FUNCTION_KEY,
    systemKey: SYSTEM_KEY,
    onLog: () => undefined,
    durable: { keepHistories: true, fault: durableFault(kernel), ...durable },
  });
  Object.assign(globalThis, { runnerTestClock: kernel.clock });
  const origin = `http://127.0.0.1:${await host.start(0)}`;
  const api = (path: string, init?: RequestInit) => fetch(`${origin}/durabletask/${path}`, init);
  const start = (name: string, id: string, input: unknown = {}) =>
    api(`orchestrators/${name}/${id}`, { method: 'POST', body: JSON.stringify(input) });
  const status = async (id: string) =>
    (await (await api(`instances/${id}?showInput=true`)).json()) as InstanceStatus;
  return {
    kernel,
    host,
    origin,
    calls: (globalThis as unknown as { runnerTestCalls: Map<string, unknown> }).runnerTestCalls,
    api,
    start,
    status,
    pass: (ms = 5000) => kernel.clock.advance(ms),
    async outcome(name, id, input = {}) {
      expect((await start(name, id, input)).status).toBe(202);
      await kernel.clock.run({ untilMs: kernel.clock.now() + LONGEST_MS });
      return status(id);
    },
    fault(operation, subject, action) {
      kernel.faults.add({ match: { service: 'host', operation, subject }, action, times: 1 });
    },
    async close() {
      await host.stop();
      kernel.clock.stop();
      expect(errors).toEqual([]);
    },
  };
}
