/** One integration runtime of the emulated Data Factory as stored, and how it changes with time. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { RunningAirflow } from '../types.js';
import { MASKINGS, processSettings } from './airflowProperties.js';

/** How runtimes of type `Airflow` behave; times are seconds on the local cloud's clock. */
export const LIFECYCLE = z.strictObject({
  /** From the write to the state that it ends in. */
  startSeconds: z.number().nonnegative(),
  /** The part of a restart (0 to 1) during which the old processes keep answering with the old environment. */
  oldProcessesShare: z.number().min(0).max(1),
  /** How long after a write a read still shows the state before it. */
  stateLagSeconds: z.number().nonnegative(),
  /** How long after `Started` the new processes answer. */
  airflowLagSeconds: z.number().nonnegative(),
  /** How a start ends: `Started`, `Failed`, or not at all. */
  outcome: z.enum(['started', 'failed', 'never']),
  /** What reads show during a creation or a restart; empty: `Initial` or `Starting`. */
  stateMeanwhile: z.string(),
  /** Whether a write that changes no setting restarts the runtime all the same. */
  restart: z.enum(['whenChanged', 'always']),
  /** Whether a write to a runtime that is being created or updated is refused with 409. */
  whileChanging: z.enum(['refuse', 'accept']),
  masking: z.enum(MASKINGS),
  /** From `airflow/sync` to the DAGs being in the runtime. */
  importSeconds: z.number().nonnegative(),
});
export type Lifecycle = z.infer<typeof LIFECYCLE>;

export const DEFAULT_LIFECYCLE: Lifecycle = {
  startSeconds: 12 * 60,
  oldProcessesShare: 0.25,
  stateLagSeconds: 0,
  airflowLagSeconds: 0,
  outcome: 'started',
  stateMeanwhile: '',
  restart: 'whenChanged',
  whileChanging: 'refuse',
  masking: 'clear',
  importSeconds: 90,
};

const PROCESSES = z.object({
  airflowVersion: z.string(),
  environment: z.record(z.string(), z.string()),
  requirements: z.array(z.string()),
  enableAADIntegration: z.boolean(),
  userName: z.string().nullable(),
  password: z.string().nullable(),
  /** Milliseconds on the local cloud's clock. */
  startedAt: z.number(),
  /** When the processes before these ended, and with them their heartbeats; null: there were none. */
  lastBeatBefore: z.number().nullable().default(null),
  up: z.boolean(),
});

/** A creation or a restart under way; times in milliseconds on the local cloud's clock. */
const CHANGE = z.object({
  stateBefore: z.string(),
  /** Until then a read shows `stateBefore`. */
  shownAt: z.number(),
  /** The old processes end. */
  downAt: z.number(),
  /** The state becomes final; null: never. */
  readyAt: z.number().nullable(),
  failed: z.boolean(),
  /** The new processes answer; null: never. */
  upAt: z.number().nullable(),
});

const IMPORT = z.object({
  linkedService: z.string(),
  folderPath: z.string(),
  doneAt: z.number(),
  done: z.boolean(),
});
export type DagImport = z.infer<typeof IMPORT>;

export const RUNTIME = z.object({
  /** Resource id in the spelling of Resource Manager's answers. */
  id: z.string(),
  name: z.string(),
  type: z.string(),
  etag: z.string(),
  state: z.string(),
  /** The stored properties, write-only values included. */
  properties: z.record(z.string(), z.unknown()),
  /** Host of the Airflow web server; empty for other types. */
  webHost: z.string(),
  processes: PROCESSES.nullable(),
  change: CHANGE.nullable(),
  imports: z.array(IMPORT),
  /** A write left out a value that reads never show, and so it is gone. */
  passwordLost: z.boolean(),
  gitCredentialLost: z.boolean(),
});
export type Runtime = z.infer<typeof RUNTIME>;

export const AIRFLOW = 'Airflow';

/** The type that a body spells, which nobody promises to spell in one way: "Airflow" for every spelling of that. */
export function typeOf(properties: Readonly<Record<string, unknown>>): string {
  const spelled = String(properties['type']);
  return spelled.toLowerCase() === AIRFLOW.toLowerCase() ? AIRFLOW : spelled;
}

/** An ETag in the form that Data Factory gives. */
export function newEtag(): string {
  const part = () => randomBytes(4).toString('hex');
  return `${part()}-0000-0100-0000-${part()}`;
}

/** A fresh host name for a web server, in the location's domain; the cloud is told by Resource Manager's host. */
export function newWebHost(location: string, managementHost: string): string {
  const region = location.toLowerCase().replace(/[^a-z0-9]/g, '') || 'westeurope';
  const domain = managementHost.endsWith('.usgovcloudapi.net')
    ? 'azure.us'
    : managementHost.endsWith('.chinacloudapi.cn')
      ? 'azure.cn'
      : 'azure.com';
  return `${randomBytes(7).toString('hex')}.${region}.airflow.svc.datafactory.${domain}`;
}

/** Begins a creation or restart at `now`. */
export function beginChange(runtime: Runtime, lifecycle: Lifecycle, now: number): void {
  const ends = now + lifecycle.startSeconds * 1000;
  const { outcome } = lifecycle;
  runtime.change = {
    stateBefore: runtime.state,
    shownAt: now + lifecycle.stateLagSeconds * 1000,
    downAt: now + lifecycle.startSeconds * lifecycle.oldProcessesShare * 1000,
    readyAt: outcome === 'never' ? null : ends,
    failed: outcome === 'failed',
    upAt: outcome === 'started' ? ends + lifecycle.airflowLagSeconds * 1000 : null,
  };
  const usual = runtime.state === '' || runtime.state === 'Initial' ? 'Initial' : 'Starting';
  runtime.state = lifecycle.stateMeanwhile === '' ? usual : lifecycle.stateMeanwhile;
}

export type LifecycleEvent = 'runtime.stopped' | 'runtime.started' | 'runtime.failed' | 'airflow.up';

/** Brings the runtime to `now`; returns what happened on the way, oldest first. */
export function advance(runtime: Runtime, now: number): LifecycleEvent[] {
  const { change, processes } = runtime;
  const events: LifecycleEvent[] = [];
  if (change === null) return events;
  if (processes?.up === true && now >= change.downAt) {
    processes.up = false;
    events.push('runtime.stopped');
  }
  if (change.readyAt !== null && now >= change.readyAt && !isFinal(runtime.state)) {
    runtime.state = change.failed ? 'Failed' : 'Started';
    events.push(change.failed ? 'runtime.failed' : 'runtime.started');
  }
  if (change.upAt !== null && now >= change.upAt) {
    runtime.processes = {
      ...processSettings(runtime.properties),
      startedAt: change.upAt,
      lastBeatBefore: processes === null ? null : change.downAt,
      up: true,
    };
    events.push('airflow.up');
  }
  if (isFinal(runtime.state) && (change.failed || change.upAt === null || now >= change.upAt)) {
    runtime.change = null;
  }
  return events;
}

/** Ends a creation or restart that goes on without an end of its own. Whether there was one. */
export function endChange({ change }: Runtime, outcome: 'started' | 'failed', now: number): boolean {
  if (change === null || change.readyAt !== null) return false;
  change.readyAt = now;
  change.failed = outcome === 'failed';
  change.upAt = outcome === 'started' ? now : null;
  return true;
}

/** When something happens next, if it is known. */
export function nextMoment({ change, processes, state }: Runtime): number | undefined {
  if (change === null) return undefined;
  const moments = [
    processes?.up === true ? change.downAt : null,
    isFinal(state) ? null : change.readyAt,
    change.upAt,
  ];
  const known = moments.filter((moment): moment is number => moment !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The state as a read shows it. */
export function shownState({ state, change }: Runtime, now: number): string {
  return change !== null && now < change.shownAt && change.stateBefore !== '' ? change.stateBefore : state;
}

/** Whether a creation or restart is under way, as far as writes are concerned. */
export function isChanging({ change, state }: Runtime): boolean {
  return change !== null && !isFinal(state);
}

/** The processes as the emulated Airflow sees them; without any, it is down and has nothing. */
export function running(runtime: Runtime): RunningAirflow {
  const { processes } = runtime;
  const { userName, password, ...settings } = processes ?? {
    ...processSettings(runtime.properties),
    environment: {},
    startedAt: 0,
    up: false,
  };
  return {
    ...settings,
    resourceId: runtime.id,
    host: runtime.webHost,
    ...(userName === null ? {} : { userName }),
    ...(password === null ? {} : { password }),
  };
}

function isFinal(state: string): boolean {
  return state === 'Started' || state === 'Failed';
}
