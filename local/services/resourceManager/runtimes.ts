/**
 * All integration runtimes, with their timers: the store behind Resource Manager's front, and what the emulated
 * Airflow sees of it.
 */

import { z } from 'zod';
import { caseless } from '../../../src/domain/values/sameId.js';
import type { Kernel } from '../../kernel/types.js';
import type { RunningAirflow, RunningAirflows } from '../types.js';
import { asRecord, fingerprint, maskedNames, stored, writeOnlyValues } from './airflowProperties.js';
import { foreignDigest, readsAs, runningTrace, storedTrace } from './holding.js';
import {
  AIRFLOW,
  advance,
  beginChange,
  type DagImport,
  DEFAULT_LIFECYCLE,
  endChange,
  LIFECYCLE,
  type Lifecycle,
  newEtag,
  newWebHost,
  nextMoment,
  RUNTIME,
  type Runtime,
  running,
  typeOf,
} from './runtime.js';

const STATE = z.object({
  runtimes: z.array(RUNTIME),
  defaults: LIFECYCLE,
  overrides: z.record(z.string(), LIFECYCLE.partial()),
});

export type ImportListener = (runtimeId: string, dagImport: DagImport) => void;

export interface Runtimes extends RunningAirflows {
  get(id: string): Runtime | undefined;
  /** Those of a factory, or all, by id. */
  list(factoryId?: string): readonly Runtime[];
  /** Creates or replaces. `properties` are those of a checked request. */
  write(
    id: string,
    name: string,
    properties: Record<string, unknown>,
    managementHost: string,
    /** Client id of who writes, for the ledger. */
    by: string,
  ): Runtime;
  remove(id: string): void;
  importDags(runtime: Runtime, linkedService: string, folderPath: string): void;
  /** The listener hears of each DAG folder once it has arrived in its runtime. */
  onImported(listener: ImportListener): void;
  lifecycle(id: string): Lifecycle;
  /** Settings for all runtimes, or for one (that need not exist yet). Throws a ZodError where one is unknown. */
  setLifecycle(settings: Partial<Lifecycle>, id?: string): void;
  /** Ends a start with the lifecycle's outcome `never` now. False where no such start is under way. */
  endStart(id: string, outcome: 'started' | 'failed'): boolean;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createRuntimes(kernel: Kernel): Runtimes {
  const { clock } = kernel;
  const runtimes = new Map<string, Runtime>();
  /** Keys of runtimes by their web servers' hosts, as far as they were asked for. */
  const places = new Map<string, string>();
  const timers = new Map<string, () => void>();
  const listeners: ImportListener[] = [];
  let defaults = DEFAULT_LIFECYCLE;
  let overrides: z.infer<typeof STATE>['overrides'] = {};

  const keyOf = caseless;
  const note = (operation: string, runtime: Runtime, detail?: Record<string, unknown>) =>
    kernel.ledger.record({
      service: 'arm',
      operation,
      subject: runtime.id,
      ...(detail === undefined ? {} : { detail }),
    });
  const lifecycle = (id: string): Lifecycle => {
    const own = Object.entries(overrides[keyOf(id)] ?? {}).filter(([, value]) => value !== undefined);
    return LIFECYCLE.parse({ ...defaults, ...Object.fromEntries(own) });
  };

  /** Brings a runtime to the present and sets the timer for what comes next. */
  const settle = (runtime: Runtime): Runtime => {
    const events = advance(runtime, clock.now());
    for (const event of events) {
      note(
        event,
        runtime,
        event === 'airflow.up' ? { trace: runningTrace(runtime), host: runtime.webHost } : undefined,
      );
    }
    const arrived = runtime.imports.filter((one) => !one.done && clock.now() >= one.doneAt);
    for (const dagImport of arrived) {
      dagImport.done = true;
      note('dags.imported', runtime, { folderPath: dagImport.folderPath });
      for (const listener of listeners) listener(runtime.id, dagImport);
    }
    if (events.length > 0 || arrived.length > 0) kernel.changed();
    arm(runtime);
    return runtime;
  };

  const disarm = (id: string) => {
    timers.get(keyOf(id))?.();
    timers.delete(keyOf(id));
  };
  const arm = (runtime: Runtime) => {
    disarm(runtime.id);
    const imports = runtime.imports.filter((one) => !one.done).map((one) => one.doneAt);
    const at = Math.min(nextMoment(runtime) ?? Infinity, ...imports);
    if (at === Infinity) return;
    const work = () => {
      if (runtimes.get(keyOf(runtime.id)) === runtime) settle(runtime);
    };
    timers.set(keyOf(runtime.id), clock.schedule(at, work));
  };

  const get = (id: string): Runtime | undefined => {
    const runtime = runtimes.get(keyOf(id));
    return runtime === undefined ? undefined : settle(runtime);
  };

  /** Tells in the ledger what a replacing write did to values that its writer could not see. */
  const noteLosses = (before: Runtime, after: Runtime) => {
    const had = writeOnlyValues(before.properties);
    const has = writeOnlyValues(after.properties);
    after.passwordLost = has.password === null && (before.passwordLost || had.password !== null);
    after.gitCredentialLost =
      has.gitCredential === null && (before.gitCredentialLost || had.gitCredential !== null);
    if (after.passwordLost && !before.passwordLost) note('runtime.passwordLost', after);
    if (after.gitCredentialLost && !before.gitCredentialLost) note('runtime.gitCredentialLost', after);
  };

  const create = (id: string, name: string, properties: Record<string, unknown>, host: string): Runtime => {
    const type = typeOf(properties);
    const { computeProperties } = asRecord(properties['typeProperties']);
    const location = asRecord(computeProperties)['location'];
    return {
      id,
      name,
      type,
      etag: newEtag(),
      state: type === AIRFLOW ? '' : type === 'SelfHosted' ? 'NeedRegistration' : 'Online',
      properties: {},
      webHost: type === AIRFLOW ? newWebHost(typeof location === 'string' ? location : '', host) : '',
      processes: null,
      change: null,
      imports: [],
      passwordLost: false,
      gitCredentialLost: false,
    };
  };

  return {
    get,
    list(factoryId) {
      const prefix = factoryId === undefined ? '' : `${keyOf(factoryId)}/integrationruntimes/`;
      return [...runtimes]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, runtime]) => settle(runtime));
    },

    write(id, name, properties, managementHost, by) {
      const before = get(id);
      const runtime = before === undefined ? create(id, name, properties, managementHost) : { ...before };
      runtime.etag = newEtag();
      runtime.properties = runtime.type === AIRFLOW ? stored(properties) : properties;
      runtimes.set(keyOf(id), runtime);
      note(before === undefined ? 'runtime.created' : 'runtime.updated', runtime, {
        by,
        trace: storedTrace(runtime),
        foreign: foreignDigest(runtime.properties),
        reads: readsAs(runtime.properties),
        unchanged: before !== undefined && fingerprint(before.properties) === fingerprint(runtime.properties),
      });
      const masked = maskedNames(runtime.properties);
      if (masked.length > 0) note('runtime.maskedValueStored', runtime, { variables: masked });
      if (before !== undefined) noteLosses(before, runtime);
      if (runtime.type === AIRFLOW) {
        const options = lifecycle(id);
        const changed =
          before === undefined || fingerprint(before.properties) !== fingerprint(runtime.properties);
        if (changed || options.restart === 'always') beginChange(runtime, options, clock.now());
      }
      kernel.changed();
      return settle(runtime);
    },

    remove(id) {
      const runtime = runtimes.get(keyOf(id));
      if (runtime === undefined) return;
      disarm(id);
      runtimes.delete(keyOf(id));
      note('runtime.deleted', runtime);
      kernel.changed();
    },

    importDags(runtime, linkedService, folderPath) {
      const doneAt = clock.now() + lifecycle(runtime.id).importSeconds * 1000;
      runtime.imports.push({ linkedService, folderPath, doneAt, done: false });
      kernel.changed();
      settle(runtime);
    },

    onImported(listener) {
      listeners.push(listener);
    },

    byHost(host): RunningAirflow | undefined {
      const wanted = host.toLowerCase();
      const there = runtimes.get(places.get(wanted) ?? '');
      if (there?.webHost === wanted) return running(settle(there));
      const found = [...runtimes].find(([, one]) => one.webHost !== '' && one.webHost === wanted);
      if (found === undefined) return undefined;
      places.set(wanted, found[0]);
      return running(settle(found[1]));
    },
    byResourceId(resourceId): RunningAirflow | undefined {
      const found = get(resourceId);
      return found === undefined || found.type !== AIRFLOW ? undefined : running(found);
    },

    lifecycle,
    setLifecycle(given, id) {
      const settings = LIFECYCLE.partial().parse(given);
      if (id === undefined) defaults = LIFECYCLE.parse({ ...defaults, ...settings });
      else overrides = { ...overrides, [keyOf(id)]: { ...overrides[keyOf(id)], ...settings } };
      kernel.changed();
    },

    endStart(id, outcome) {
      const runtime = get(id);
      if (runtime === undefined || !endChange(runtime, outcome, clock.now())) return false;
      kernel.changed();
      settle(runtime);
      return true;
    },

    snapshot: () => structuredClone({ runtimes: [...runtimes.values()], defaults, overrides }),
    restore(saved) {
      const state = STATE.parse(saved);
      for (const { id } of runtimes.values()) disarm(id);
      runtimes.clear();
      ({ defaults, overrides } = state);
      for (const runtime of state.runtimes) runtimes.set(keyOf(runtime.id), runtime);
      for (const runtime of runtimes.values()) arm(runtime);
    },
  };
}
