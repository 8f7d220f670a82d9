/** A typed client of the local cloud's control API, with what tests, the demonstration and the bench need beside it. */
import { readFileSync } from 'node:fs';
import type { NewFault } from './control/kernelRoutes.js';
import type { NewWorld } from './control/worldRoutes.js';
import type { LedgerFilter } from './kernel/ledger.js';
import type { ArmedFault, ClockMode, LedgerEntry } from './kernel/types.js';
import type { LogLine } from './logBook.js';
import { type Answer, callThroughProxy, type OutgoingCall } from './net/throughProxy.js';
import type { ReadyLine } from './ready.js';
import type { AppSettings } from './runner/appService.js';
import type { Fleet } from './sample/fleet.js';
import type { ScenarioPermission } from './sample/permissions.js';
import type { AirflowPatch, RuntimeState } from './services/airflow/state.js';
import type { GraphPermission, LifetimePolicy } from './services/entra/directoryState.js';
import type { EventSchema } from './services/eventGrid/events.js';
import type { EventSubscription } from './services/eventGrid/subscriptions.js';
import type { Lifecycle } from './services/resourceManager/runtime.js';

export interface Time {
  readonly mode: ClockMode;
  /** ISO 8601. */
  readonly now: string;
}

/** A runtime as the control API shows it. */
export interface ShownRuntime {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly webHost: string;
  readonly up: boolean;
  readonly passwordLost: boolean;
  readonly gitCredentialLost: boolean;
  /** The credential id that its settings name. */
  readonly marker: string | null;
}

export interface NewRuntime {
  readonly name: string;
  readonly factory?: string;
  /** Another one than the sample environment's; it is made, with the factory, where it is not there. */
  readonly resourceGroup?: string;
  /** The whole of `properties`, instead of those of a new Airflow. */
  readonly properties?: object;
  /** What differs from a new Airflow. */
  readonly airflowProperties?: object;
}

/** A principal by client id, or by its name in the sample environment: `app`, `airflow`, `portalUser`. */
export type PrincipalName = string;

/** A permission without what it is for. */
export type PermissionRow = ScenarioPermission extends infer Row
  ? Row extends ScenarioPermission
    ? Omit<Row, 'use'>
    : never
  : never;

/** The control API refused; the message holds its answer. */
class ControlFailed extends Error {
  constructor(
    readonly status: number,
    what: string,
    readonly answer: unknown,
  ) {
    super(`${what}: ${status} ${JSON.stringify(answer)}`);
    this.name = 'ControlFailed';
  }
}

/** A local cloud that was killed comes back on the same ports: no connection may be left over from before. */
const ONE_CALL = { connection: 'close' };

export type LocalClient = ReturnType<typeof createClient>;

/** All methods throw `ControlFailed` where the control API refuses. */
export function createClient(ready: ReadyLine) {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, ready.control), {
      method,
      headers: ONE_CALL,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) throw new ControlFailed(response.status, `${method} ${path}`, answer);
    return answer;
  };
  const segment = encodeURIComponent;
  let ca: string | undefined;

  return {
    ready,

    clock: () => call<Time>('GET', '/clock'),
    advance: (seconds: number) => call<Time>('POST', '/clock/advance', { seconds }),
    /** Virtual time only: until nothing is left to do, or to the limits. */
    run: (limits: { maxSeconds?: number; maxSteps?: number } = {}) =>
      call<Time & { idle: boolean; steps: number }>('POST', '/clock/run', limits),

    ledger: (filter: LedgerFilter = {}) => call<LedgerEntry[]>('GET', `/ledger?${queryOf({ ...filter })}`),
    faults: () => call<ArmedFault[]>('GET', '/faults'),
    /** Gives the fault's id. */
    addFault: async (fault: NewFault) => (await call<{ id: string }>('POST', '/faults', fault)).id,
    removeFault: (id: string) => call<void>('DELETE', `/faults/${segment(id)}`),
    clearFaults: () => call<void>('DELETE', '/faults'),

    /** Through Event Grid, to whoever subscribes: the names of the subscriptions. */
    publish: async (event: unknown) =>
      (await call<{ subscriptions: string[] }>('POST', '/events', { event })).subscriptions,
    /** To one function, exactly as given (a text as it is); the status of its answer, null where there was none. */
    deliver: async (event: unknown, functionName: string, schema?: EventSchema) =>
      (await call<{ status: number | null }>('POST', '/events', { event, functionName, schema })).status,
    subscriptions: () => call<EventSubscription[]>('GET', '/subscriptions'),
    /** From now on nobody is told of these events. */
    unsubscribe: (name: string) => call<void>('DELETE', `/subscriptions/${segment(name)}`),
    /** Makes the custom topic anew, for events of another schema. */
    setTopic: (inputSchema: EventSchema) => call<void>('PUT', '/topic', { inputSchema }),
    /** What was sent to the custom topic. */
    published: () => call<unknown[]>('GET', '/published'),

    app: () => call<AppSettings>('GET', '/app'),
    /** Stops and starts the app, and says after how many seconds without an event a function has no instance. */
    setApp: (patch: Partial<AppSettings>) => call<AppSettings>('PATCH', '/app', patch),

    stats: () => call<Record<string, unknown>>('GET', '/stats'),
    history: (instanceId: string) => call<unknown[]>('GET', `/instances/${segment(instanceId)}/history`),
    logs: (since = 0) => call<LogLine[]>('GET', `/logs?since=${since}`),

    runtimes: () => call<ShownRuntime[]>('GET', '/runtimes'),
    /** As a person in the portal does, over the wire; the answer of Resource Manager. */
    createRuntime: (runtime: NewRuntime) =>
      call<{ status: number; body?: unknown }>('POST', '/portal/runtimes', runtime),
    deleteRuntime: (name: string, factory?: string, resourceGroup?: string) =>
      call<{ status: number; body?: unknown }>(
        'DELETE',
        `/portal/runtimes/${segment(name)}?${queryOf({ factory, resourceGroup })}`,
      ),
    /** Many runtimes that were enabled long ago. */
    seedFleet: (fleet: Fleet) => call<void>('POST', '/fleet', fleet),
    /** For one runtime of the sample environment's factory, or for all. */
    setLifecycle: (settings: Partial<Lifecycle>, name?: string) =>
      call<void>('PATCH', name === undefined ? '/lifecycle' : `/lifecycle/${segment(name)}`, settings),
    /** Ends a start that has no end of its own (outcome `never`). */
    endStart: (name: string, outcome: 'started' | 'failed') =>
      call<void>('POST', `/lifecycle/${segment(name)}/end`, { outcome }),

    /** How the Airflow of a runtime of the sample environment's factory behaves; the runtime need not exist yet. */
    setAirflow: (name: string, patch: AirflowPatch) =>
      call<void>('PATCH', `/airflow/${segment(name)}`, patch),
    airflow: (name: string) => call<RuntimeState>('GET', `/airflow/${segment(name)}`),

    /** Defaults: the vault that Airflow reads, the role Key Vault Secrets User. */
    setRole: (role: { principal: PrincipalName; vault?: string; role?: string; grant: boolean }) =>
      call<unknown>('POST', '/roles', role),
    /** Gives or takes one row of the sample environment's table of least privilege, or a permission like one. */
    setPermission: (permission: PermissionRow, grant: boolean) => {
      const { principal } = permission;
      if (permission.kind === 'graph') {
        return call<unknown>('POST', '/directory/graph', {
          principal,
          permission: permission.permission,
          grant,
        });
      }
      if (permission.kind === 'owner') {
        return call<unknown>('POST', '/directory/graph', { principal, owns: permission.application, grant });
      }
      const { plane, action, scope } = permission;
      return call<unknown>('POST', '/permissions', { principal, plane, action, scope, grant });
    },
    /** Registers an application with its service principal. */
    addApplication: (application: { tenantId: string; clientId: string; displayName: string }) =>
      call<void>('POST', '/directory/applications', application),
    passwords: (application: PrincipalName) =>
      call<{ keyId: string; displayName: string | null; startDateTime: string; endDateTime: string }[]>(
        'GET',
        `/directory/applications/${segment(application)}/passwords`,
      ),
    addPassword: (
      application: PrincipalName,
      password: { displayName?: string; startDateTime?: string; endDateTime?: string; value?: string } = {},
    ) =>
      call<{ keyId: string; value: string }>(
        'POST',
        `/directory/applications/${segment(application)}/passwords`,
        password,
      ),
    removePassword: (application: PrincipalName, keyId: string) =>
      call<void>('DELETE', `/directory/applications/${segment(application)}/passwords/${segment(keyId)}`),
    setPropagation: (propagation: { seconds: number; flapping?: boolean }) =>
      call<void>('POST', '/directory/propagation', propagation),
    /** Gives or takes a permission in Microsoft Graph, or the ownership of Airflow's application. */
    setGraph: (
      change: { principal: PrincipalName; grant: boolean } & (
        | { permission: GraphPermission }
        | { owns: PrincipalName }
      ),
    ) => call<void>('POST', '/directory/graph', change),
    /** Seconds that reads of Microsoft Graph lag behind its writes. */
    setReadLag: (seconds: number) => call<void>('POST', '/directory/read-lag', { seconds }),
    /** For so many seconds reads of Microsoft Graph do not list these client secrets. */
    hidePasswords: (keyIds: readonly string[], seconds: number) =>
      call<void>('POST', '/directory/hide', { keyIds, seconds }),
    setLifetimePolicy: (policy: LifetimePolicy) =>
      call<void>('POST', '/directory/lifetime-policy', { policy }),
    setSecret: (
      vault: string,
      name: string,
      secret: {
        value: string;
        contentType?: string;
        tags?: Record<string, string>;
        enabled?: boolean;
        nbf?: number;
        exp?: number;
      },
    ) => call<{ version: string }>('PUT', `/vaults/${segment(vault)}/secrets/${segment(name)}`, secret),
    /** As somebody in the portal: it can be recovered. */
    deleteSecret: (vault: string, name: string) =>
      call<void>('DELETE', `/vaults/${segment(vault)}/secrets/${segment(name)}`),
    /** How long deletions and recoveries of secrets take. */
    setSecretChangeSeconds: (vault: string, seconds: number) =>
      call<void>('PUT', `/vaults/${segment(vault)}/changes`, { seconds }),
    /** Refuses writes to a scope and below it, whatever the caller's role. */
    setDenial: (denial: { kind: 'lock' | 'policy' | 'disabledSubscription'; scope: string; on: boolean }) =>
      call<void>('POST', '/denials', denial),
    /** `addresses` is what Resource Manager shows as let in. */
    setFirewall: (vault: string, blocked: readonly PrincipalName[], addresses: readonly string[] = []) =>
      call<void>('PUT', `/vaults/${segment(vault)}/firewall`, { blocked, addresses }),
    /** Roles decide on access to a vault, or access policies, of which there are none. */
    setAccessModel: (vault: string, rbac: boolean) =>
      call<void>('PUT', `/vaults/${segment(vault)}/access-model`, { rbac }),
    /** A bearer token; default: the portal user's, for Resource Manager. */
    token: async (principal?: PrincipalName, resource?: string) =>
      (await call<{ token: string }>('POST', '/tokens', { principal, resource })).token,

    /** A call to the app, with the function key. */
    functions: (path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(ONE_CALL)) headers.set(name, value);
      if (!headers.has('x-functions-key')) headers.set('x-functions-key', ready.functionKey);
      return fetch(new URL(path, ready.functions), { ...init, headers, redirect: 'manual' });
    },
    /** A call to an emulated host through the proxy. */
    azure: (
      host: string,
      path: string,
      init: Omit<OutgoingCall, 'url'> = {},
      token?: string,
    ): Promise<Answer> => {
      ca ??= readFileSync(ready.ca, 'utf8');
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...init.headers,
      };
      return callThroughProxy(
        { proxy: ready.proxy, ca },
        { ...init, headers, url: `https://${host}${path}` },
      );
    },

    /** On real time: asks again and again until there is an answer. Throws after `seconds` (default 60). */
    waitFor: <T>(what: string, ask: () => Promise<T | undefined>, seconds = 60) =>
      waitFor(what, ask, seconds),

    /**
     * Another new local cloud in the same process, with the same app and configuration, at the same time of a later week.
     * Its ready line: this client ends with the world before.
     */
    beginAnew: (world: NewWorld = {}) => call<ReadyLine>('POST', '/anew', world),
    shutdown: () => call<unknown>('POST', '/shutdown'),
  };
}

const PAUSE_MS = 100;

async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Still no ${what} after ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function queryOf(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.toString();
}
