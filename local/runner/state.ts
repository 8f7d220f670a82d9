/** All that the durable back end remembers, as plain JSON. Times are milliseconds since the epoch. */
import type { HistoryEvent } from './history.js';

export type RuntimeStatus = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended';

export interface Parent {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
}

export interface Instance {
  readonly instanceId: string;
  executionId: string;
  readonly name: string;
  /** JSON text. */
  input: string | null;
  /** With which it was started, and which it keeps. */
  readonly version: string | null;
  readonly parent: Parent | null;
  status: RuntimeStatus;
  output: string | null;
  customStatus: unknown;
  createdTime: number;
  lastUpdatedTime: number;
  history: HistoryEvent[];
  inbox: HistoryEvent[];
  suspended: boolean;
  /** Events whose messages are out while the history does not have them yet. */
  sent: number[];
  /** Histories of earlier executions, where they are kept. */
  earlier: HistoryEvent[][];
  measures: Measures;
}

/** What a run cost the durable back end. */
export interface Measures {
  executions: number;
  episodes: number;
  /** Events of the longest execution, and of all together. */
  maxEvents: number;
  totalEvents: number;
  /** Bytes of the largest input, result, custom status or output. */
  maxPayload: number;
}

export interface PendingActivity {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string;
  deliveries: number;
}

export interface PendingTimer {
  readonly instanceId: string;
  readonly executionId: string;
  readonly timerId: number;
  readonly fireAt: number;
  /** When it really fires. */
  readonly firesAt: number;
}

export interface EntityMessage {
  readonly kind: 'op' | 'release';
  readonly id?: string;
  readonly op?: string;
  readonly input?: string;
  readonly signal?: boolean;
  readonly parent?: string;
  readonly lockset?: { name: string; key: string }[];
  readonly pos?: number;
}

export interface Entity {
  readonly name: string;
  readonly key: string;
  exists: boolean;
  state: string | null;
  queue: EntityMessage[];
  lockedBy: string | null;
  /** Of its last batch, or of its first message. */
  lastUpdatedTime: number;
}

export interface DurableState {
  guids: number;
  messages: number;
  instances: Record<string, Instance>;
  activities: Record<string, PendingActivity>;
  timers: Record<string, PendingTimer>;
  entities: Record<string, Entity>;
}

export function emptyState(): DurableState {
  return { guids: 0, messages: 0, instances: {}, activities: {}, timers: {}, entities: {} };
}

export function isFinished(instance: Instance): boolean {
  return ['Completed', 'Failed', 'Terminated'].includes(instance.status);
}

/** What stands where a fault may be put. */
export type FaultPoint =
  | 'before-orchestrator'
  | 'after-orchestrator'
  | 'after-dispatch'
  | 'before-activity'
  | 'after-activity'
  | 'before-entity'
  | 'after-entity';
export type DurableFault = 'crash' | 'workerGone' | 'lost' | 'duplicate' | { readonly lateBySeconds: number };

/** A crash that a fault asked for: the process would have died here. */
export class Crash extends Error {}
