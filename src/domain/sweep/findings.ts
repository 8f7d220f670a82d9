/** What a sweep finds of one runtime, from its plan, its state and what is remembered of it. */

import { proofStatusOf } from '../records/proofs.js';
import { type RuntimeRecord, restsUntil } from '../records/runtimeRecord.js';
import type { Plan } from '../runs/plan.js';
import type { Snapshot } from '../settings/snapshot.js';

export type Finding =
  | 'fine'
  /** Fine, but what was proven is older than the profile lets it be. */
  | 'proofDue'
  /** Its settings differ from the profile, or its credential from the one in use: never enabled, or changed by hand. */
  | 'drifted'
  /** The settings are there, and no proof of them. */
  | 'unproven'
  /** Was there before the app, and nobody has enabled it: nothing is written. */
  | 'existing'
  /** Somebody else's settings are in the way. */
  | 'conflict'
  /** In a state from which it does not go on by itself (failed, stopped, one that the app does not know), or unreadable. */
  | 'broken'
  /** Being created, updated or deleted: the next sweep looks again. */
  | 'changing'
  /** A run works on it. */
  | 'inWork'
  /** Runs on it failed lately: the sweep waits, longer from time to time. */
  | 'resting';

/** A finding, and what is told with it. */
export interface Judged {
  readonly finding: Finding;
  /** What was seen, for people: a state, a conflict's code, why the last check failed. */
  readonly why?: string;
  /** The run that works on it. */
  readonly runId?: string;
  /** ISO 8601: until when it rests, or that run may keep it. */
  readonly until?: string;
}

/** Findings after which an enablement is started. */
export const NEEDS_RUN: ReadonlySet<Finding> = new Set(['drifted', 'unproven']);

/** Findings of which only the number is told. */
export const COUNTED: ReadonlySet<Finding> = new Set(['fine', 'proofDue']);

/** The order in which runtimes are named: what nothing but a person fixes comes first. */
const NEED: readonly Finding[] = [
  'conflict',
  'broken',
  'existing',
  'unproven',
  'drifted',
  'resting',
  'changing',
  'inWork',
];

/** Sorts what needs somebody before what does not. */
export function byNeed(a: Judged, b: Judged): number {
  return NEED.indexOf(a.finding) - NEED.indexOf(b.finding);
}

/**
 * Judges one runtime.
 *
 * @param proveEverySeconds how long a proof holds
 * @param now milliseconds since the epoch
 * @param existing it was there before the app, and nobody has enabled it
 */
export function judgeRuntime(
  plan: Plan,
  { phase, state }: Pick<Snapshot, 'phase' | 'state'>,
  record: RuntimeRecord | undefined,
  proveEverySeconds: number,
  now: number,
  existing = false,
): Judged {
  const work = record?.work;
  if (work && work.until > now) return { finding: 'inWork', runId: work.runId, until: iso(work.until) };
  // One that a restart passes through looks the same once: the next sweep finds it ready.
  if (phase === 'failed' || phase === 'stalled') return { finding: 'broken', why: `state ${state}` };
  if (phase !== 'ready') return { finding: 'changing', why: `state ${state}` };
  const [conflict] = plan.conflicts;
  if (conflict) return { finding: 'conflict', why: `${conflict.code}: ${conflict.setting}` };
  const proofStatus = plan.changes
    ? 'none'
    : proofStatusOf(record?.proof, plan.fingerprint, proveEverySeconds, now);
  if (proofStatus === 'holds') return { finding: 'fine' };
  const found = proofStatus === 'due' ? { finding: 'proofDue' as const } : notProven(plan, record, existing);
  const rests = restsUntil(record, now);
  return rests === undefined ? found : { ...found, finding: 'resting', until: iso(rests) };
}

function notProven(plan: Plan, record: RuntimeRecord | undefined, existing: boolean): Judged {
  if (plan.changes) return { finding: existing ? 'existing' : 'drifted', why: differing(plan) };
  const revoked = record?.revoked;
  return {
    finding: 'unproven',
    why: revoked
      ? `the check failed at ${revoked.at}: ${revoked.code}`
      : 'no check has passed with what it has',
  };
}

function differing({ settings }: Plan): string {
  const differ = settings.filter(({ kind }) => kind !== 'keep').map(({ setting }) => setting);
  return `differs: ${differ.join(', ')}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
