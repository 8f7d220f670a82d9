/** Every single fault: each outside call of a rotation × each fault, and each activity × what a durable back end does. */
import type { LocalClient } from '../../local/client.js';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { PRINCIPALS } from '../../local/sample/names.js';
import { RUNTIMES, type VariantName } from './config.js';
import type { Disturbance } from './disturbances.js';
import type { FaultScenario } from './faultScenario.js';

export interface FaultCase extends FaultScenario {
  /** What is hit, for example `graph applications.addPassword` or `activity mintCredential`. */
  readonly call: string;
  readonly fault: string;
  readonly at: string;
  /** Absent: `graph`. */
  readonly variant?: VariantName;
  /** The process dies, or is started anew: needs a cloud that is kept. */
  readonly kills: boolean;
}

/** A case in which no process dies and nothing is hit but by what happens, except for what is said. */
export function faultCase(
  call: string,
  fault: string,
  disturbances: readonly Disturbance[],
  more: Partial<FaultCase> = {},
): FaultCase {
  return { call, fault, at: '1', faults: [], disturbances, kills: false, ...more };
}

type Action = NewFault['action'];

const QUIET = { kills: false, disturbances: [] };

/** Longer than a lease, which is renewed while its run is awake. */
const LATE_SECONDS = 3 * 3600;

const status = (code: number, headers: Record<string, string> = {}): Action => ({
  kind: 'status',
  status: code,
  headers,
  body: { error: { code: 'Injected', message: 'injected' } },
});

const ONCE: readonly [string, Action][] = [
  ['429', status(429, { 'retry-after': '30' })],
  ['500', status(500)],
  ['cut before', { kind: 'drop' }],
  ['answer lost', { kind: 'lostResponse' }],
  // The app gives up after half a minute; the effect comes all the same.
  ['timed out', { kind: 'delay', seconds: 120 }],
];
const WRITES_ONCE: readonly [string, Action][] = [
  ['412', status(412)],
  ['409', status(409)],
];
const FOR_GOOD: readonly [string, Action][] = [
  ['403 for good', status(403)],
  ['503 for good', status(503)],
];

/** Services whose calls are the app's way out; tokens of the app itself are asked for rarely and so come by chance. */
const SERVICES = new Set(['graph', 'vault', 'arm', 'entra', 'airflow']);

/** The activities of a rotation and of the moves in it. */
export const ACTIVITIES = [
  'readCredentialInventory',
  'listFleet',
  'mintCredential',
  'proveVersion',
  'listCarriers',
  'inspectRuntime',
  'ensureCanary',
  'applySettings',
  'readRuntimeStatus',
  'prepareCheck',
  'triggerCheck',
  'readCheck',
  'commitCredential',
  'removeKey',
] as const;

/** The orchestrations that every rotation of the test cloud waits for. */
export const CHILDREN = [
  'runtimeRun',
  'moveGroup',
  'awaitRuntime',
  'checkAccess',
  'proveInARow',
  'awaitOverlap',
] as const;

/** The calls of one undisturbed rotation: how often each was made. */
export async function callsOf(client: LocalClient, since: number): Promise<Map<string, number>> {
  const calls = new Map<string, number>();
  for (const entry of await client.ledger({ since })) {
    if (!SERVICES.has(entry.service) || entry.status === undefined) continue;
    const ours = entry.caller === PRINCIPALS.app || entry.caller === PRINCIPALS.airflow;
    if (!ours && entry.service !== 'airflow') continue;
    const call = `${entry.service} ${entry.operation}`;
    calls.set(call, (calls.get(call) ?? 0) + 1);
  }
  return calls;
}

/** The cases for these calls. `positions`: at which of a call's occurrences the single fault strikes. */
export function callCases(
  calls: ReadonlyMap<string, number>,
  positions: 'first' | 'three' | 'all',
): FaultCase[] {
  const cases: FaultCase[] = [];
  for (const [call, count] of [...calls].sort()) {
    const [service = '', operation = ''] = call.split(' ');
    const match = { service, operation };
    const once = operation === 'integrationRuntimes.createOrUpdate' ? [...ONCE, ...WRITES_ONCE] : ONCE;
    for (const [fault, action] of once) {
      for (const skip of placesOf(count, positions)) {
        const at = `${skip + 1} of ${count}`;
        cases.push({ ...QUIET, call, fault, at, faults: [{ match, action, times: 1, skip }] });
      }
    }
    for (const [fault, action] of FOR_GOOD) {
      cases.push({ ...QUIET, call, fault, at: 'from 1 on', faults: [{ match, action }] });
      if (count > 2) {
        const skip = Math.floor(count / 2);
        cases.push({ ...QUIET, call, fault, at: `from ${skip + 1} on`, faults: [{ match, action, skip }] });
      }
    }
  }
  return cases;
}

/** What the durable back end may do to each activity: deliver it again, deliver its result twice, die around it. */
export function durableCases(): FaultCase[] {
  const cases: FaultCase[] = [];
  const faultCase = (
    call: string,
    fault: string,
    operation: string,
    subject: string,
    action: Action,
    skip = 0,
  ) =>
    cases.push({
      ...QUIET,
      call,
      fault,
      at: `${skip + 1}`,
      kills: action.kind === 'crash',
      faults: [
        { match: { service: 'host', operation, ...(subject ? { subject } : {}) }, action, times: 1, skip },
      ],
    });
  for (const name of ACTIVITIES) {
    const call = `activity ${name}`;
    faultCase(call, 'runs again', 'after-activity', name, { kind: 'lostResponse' });
    faultCase(call, 'result twice', 'after-activity', name, { kind: 'duplicate' });
    cases.push(outlasted(name));
    faultCase(call, 'crash before', 'before-activity', name, { kind: 'crash' });
    faultCase(call, 'crash after, before its record', 'after-activity', name, { kind: 'crash' });
  }
  for (const point of ['after-orchestrator', 'after-dispatch', 'after-entity']) {
    for (const skip of [0, 5, 15, 30, 60, 120])
      faultCase(`runner ${point}`, 'crash', point, '', { kind: 'crash' }, skip);
  }
  return cases;
}

/** A result that comes when the lease of its run has expired, while others ask for the same runtimes. */
function outlasted(name: string): FaultCase {
  const match = { service: 'host', operation: 'after-activity', subject: name };
  const events = RUNTIMES.map(
    (runtime): Disturbance => ({
      afterSeconds: LATE_SECONDS - 3600,
      what: { kind: 'runtimeEvent', runtime, id: `${name}-${runtime}` },
    }),
  );
  return {
    call: `activity ${name}`,
    fault: 'result after the lease',
    at: '1',
    kills: false,
    faults: [{ match, action: { kind: 'delay', seconds: LATE_SECONDS }, times: 1 }],
    disturbances: events,
  };
}

/** A run that the first event after zero instances starts: undisturbed, and with the event sent twice. */
export function fromZeroCases(): FaultCase[] {
  const faultCase = { ...QUIET, call: 'event runtimeEvents', at: '1', startedBy: 'event' } as const;
  const match = { service: 'eventGrid', operation: 'events.deliver' };
  return [
    { ...faultCase, fault: 'first from zero instances', faults: [] },
    {
      ...faultCase,
      fault: 'first from zero instances, twice',
      faults: [{ match, action: { kind: 'lostResponse' }, times: 1, skip: 1 }],
    },
  ];
}

/** A process that dies with the effect of a call done and its answer lost. */
export function killCases(calls: ReadonlyMap<string, number>): FaultCase[] {
  return [...calls.keys()]
    .filter((call) =>
      /addPassword|removePassword|secrets\.(set|update)|createOrUpdate|dagRuns\.trigger/.test(call),
    )
    .map((call) => {
      const [service = '', operation = ''] = call.split(' ');
      const faults: NewFault[] = [{ match: { service, operation }, action: { kind: 'crash' }, times: 1 }];
      return { ...QUIET, call, fault: 'crash with the effect done', at: '1', kills: true, faults };
    });
}

function placesOf(count: number, positions: 'first' | 'three' | 'all'): number[] {
  if (positions === 'all') return Array.from({ length: count }, (_, index) => index);
  if (positions === 'first') return [0];
  return [...new Set([0, Math.floor(count / 2), count - 1])];
}
