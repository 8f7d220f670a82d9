/**
 * What the app remembers of itself: events that could not be sent yet, and the newest version of it that has run on this
 * task hub. State of one durable entity. Each operation may come twice, at once or much later (repeatable.ts): an event
 * is told by its id, and what was struck off does not come back; a version only grows.
 */
import { type Notification, notificationId } from '../events/notifications.js';
import type { Repeatable } from '../runs/repeatable.js';
import { compareVersions } from '../values/version.js';

/** The entity's key: there is one. */
export const APP_RECORD_KEY = 'app';

/** An event that waits to be sent. */
interface KeptEvent {
  readonly id: string;
  readonly event: Notification;
  /** When it happened. ISO 8601. */
  readonly at: string;
}

export interface AppRecord {
  /** Oldest first. */
  readonly kept: readonly KeptEvent[];
  /** Ids of events that were kept and are no more, newest last: they have been sent, or were given up. */
  readonly struck: readonly string[];
  /** The newest version of the app that has run. */
  readonly version?: string;
}

export const EMPTY_APP_RECORD: AppRecord = { kept: [], struck: [] };

/** Some 1 KB each. Where more wait, the oldest are given up: the newest say how things are. */
const MAX_KEPT = 200;
/** Ids of 32 letters. */
const MAX_STRUCK = 1_000;

export type AppRecordOperation = Repeatable<
  /** `at`: when it happened. ISO 8601. */
  | { readonly kind: 'keep'; readonly event: Notification; readonly at: string }
  /** They have been sent, or are given up. */
  | { readonly kind: 'strike'; readonly ids: readonly string[]; readonly at: string }
  /** This version of the app runs. */
  | { readonly kind: 'rememberVersion'; readonly version: string; readonly at: string }
>;

export interface AppRecordAnswer {
  /** How many events wait. */
  readonly waiting: number;
}

/** Carries out one operation. Returns the state after it and the answer for the caller. */
export function applyToAppRecord(
  record: AppRecord,
  operation: AppRecordOperation,
): { readonly record: AppRecord; readonly answer: AppRecordAnswer } {
  const next = after(record, operation);
  return { record: next, answer: { waiting: next.kept.length } };
}

function after(record: AppRecord, operation: AppRecordOperation): AppRecord {
  switch (operation.kind) {
    case 'keep':
      return keep(record, operation);
    case 'strike':
      return strike(record, operation.ids);
    case 'rememberVersion': {
      const { version } = operation;
      const isNewer = record.version === undefined || compareVersions(version, record.version) > 0;
      return isNewer ? { ...record, version } : record;
    }
  }
}

function keep(record: AppRecord, { event, at }: { event: Notification; at: string }): AppRecord {
  const id = notificationId(event);
  if (isKnown(record, id)) return record;
  const kept = [...record.kept, { id, event, at }].sort((one, other) => (one.at < other.at ? -1 : 1));
  const surplus = kept.slice(0, Math.max(0, kept.length - MAX_KEPT)).map((one) => one.id);
  return strike({ ...record, kept }, surplus);
}

function strike(record: AppRecord, ids: readonly string[]): AppRecord {
  const struck = [...record.struck.filter((id) => !ids.includes(id)), ...ids].slice(-MAX_STRUCK);
  return { ...record, kept: record.kept.filter(({ id }) => !ids.includes(id)), struck };
}

/** Whether an event of this id waits, or was struck off. */
export function isKnown({ kept, struck }: AppRecord, id: string): boolean {
  return struck.includes(id) || kept.some((one) => one.id === id);
}
