/** All that the durable back end remembers, as plain JSON. Times are milliseconds since the epoch. */
import type { Duplicate } from '../kernel/types.js';
import type { Decision, HistoryEvent } from './history.js';

export type RuntimeStatus = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended';

export interface Parent {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
}

/** What an instance begins with. */
export interface NewInstance {
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
  /** Absent: the back end makes one. */
  readonly instanceId?: string;
  readonly parent?: Parent | null;
  /** Absent: the host's default. */
  readonly version?: string | null;
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
  /** Two workers run it at the same time; which of the two results counts. */
  readonly twice?: 'first' | 'second';
  /** Nobody hears of its result. */
  readonly unheard?: true;
}

/** The execution that a message comes from. */
export type Sender = Pick<Instance, 'instanceId' | 'executionId' | 'name'>;

/** A message that is still on its way to whoever carries it out. */
export interface PendingMessage {
  /** What a decision asks for, a client's signal, or a new execution that takes the place of the one that is there then. */
  readonly message:
    | { readonly entity: string; readonly signal: EntityMessage }
    | { readonly sender: Sender; readonly decision: Decision }
    | { readonly continueAsNew: NewInstance };
  /** When it comes; absent: not before `afterEndOf` has ended. */
  dueAt?: number;
  readonly afterEndOf?: { readonly instanceId: string; readonly seconds: number };
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
  /** It is carried out again, not before this moment: what it did was answered and not kept. */
  readonly notBefore?: number;
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
  /** Messages that were sent and come later. */
  pending: Record<string, PendingMessage>;
}

export function emptyState(): DurableState {
  return { guids: 0, messages: 0, instances: {}, activities: {}, timers: {}, entities: {}, pending: {} };
}

export function isFinished(instance: Instance): boolean {
  return ['Completed', 'Failed', 'Terminated'].includes(instance.status);
}

/** What stands where a fault may be put. */
export type FaultPoint =
  | 'before-orchestrator'
  | 'after-orchestrator'
  | 'after-dispatch'
  | 'send-activity'
  | 'send-entity'
  | 'send-subOrchestration'
  | 'send-continueAsNew'
  | 'before-activity'
  | 'after-activity'
  | 'before-entity'
  | 'after-entity'
  | 'keep-entity';
export type DurableFault =
  | 'crash'
  | 'workerGone'
  | 'terminate'
  | 'lost'
  | Duplicate
  | { readonly kind: 'late'; readonly seconds: number };

/** A crash that a fault asked for: the process would have died here. */
export class Crash extends Error {}
