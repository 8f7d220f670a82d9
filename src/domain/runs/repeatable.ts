/**
 * What may come twice. The durable host delivers at least once: an operation of an entity, an activity or a child comes
 * again at once, minutes later or long after its run has ended, and nothing but what it says itself tells it from the
 * first. docs/repetition.md has the rules; the types here hold them.
 */
import type { ProblemCode } from '../problems/catalogue.js';
import type { RunOutcome } from './outcomes.js';

/**
 * An entity's operation that is told from its repetition: it says how far its run is (a pass, a phase) or when somebody
 * spoke, and the state only goes forward. What reads, deadlines and lists that only grow need nothing.
 */
export type Repeatable<Operation extends { readonly kind: string }> = Operation extends
  | { readonly pass: number }
  | { readonly phase: string }
  | { readonly at: string }
  | { readonly kind: 'read' | 'renew' | 'retire' }
  ? Operation
  : never;

/** How a run ended: what it is answered when it begins once more. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  /** It wrote. */
  readonly changed?: true;
  /** Code of its problem. */
  readonly code?: ProblemCode;
  /** The run that was at work, where it was told `busy`. */
  readonly otherRunId?: string;
  /** When it may be tried again, where it was told `tooSoon`. ISO 8601. */
  readonly notBefore?: string;
}

/** What an end is called in one word: the code of its problem or, where it has none, its outcome. */
export type EndWord = ProblemCode | RunOutcome;

export interface EndedRun extends RunEnd {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The end of a run; `undefined` where it has not ended, or so long ago that nothing of it can come any more. */
export function endedRun(ended: readonly EndedRun[], runId: string): EndedRun | undefined {
  return ended.find((run) => run.runId === runId);
}

/**
 * The list with one more, newest last. A run that is in it keeps its first end.
 *
 * @param keep most entries, and how long one is kept (milliseconds)
 */
export function withEnded(
  ended: readonly EndedRun[],
  run: EndedRun,
  keep: { readonly count: number; readonly forMs?: number },
): EndedRun[] {
  if (endedRun(ended, run.runId)) return [...ended];
  const { count, forMs = Number.POSITIVE_INFINITY } = keep;
  return [...ended, run].filter(({ at }) => at > run.at - forMs).slice(-count);
}
