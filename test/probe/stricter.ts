/** Where the local host is stricter than the real extension, on purpose: mistakes that the real one hides show at once. */
import type { Answer } from './question.js';

export interface Stricter {
  readonly question: string;
  /** What the local host answers instead. */
  readonly answer: Answer;
  readonly reason: string;
}

const LIVE_TIMER =
  "Orchestrator function 'leavesTimer' failed: it ended with live timers (1): a host shows it as running until they have fired. Cancel them.";

export const STRICTER: readonly Stricter[] = [
  {
    question: 'tasks: a timer that lost holds the completion',
    answer: { meanwhile: 'Failed', atLast: { status: 'Failed', output: LIVE_TIMER } },
    reason:
      'Nobody wants an orchestration to be held by a timer that has lost its race: one that is not cancelled fails here.',
  },
  {
    question: 'tasks: a task in a second Task.any',
    answer: { status: 'Failed', output: 'Non-Deterministic workflow detected: …', activityRan: 1 },
    reason: 'The real host schedules the task again and runs the activity twice, without a word.',
  },
  {
    question: 'non-determinism: another entity',
    answer: { status: 'Failed', output: 'Non-Deterministic workflow detected: …' },
    reason: 'The real host sends the message to whichever entity the history names, and does not notice.',
  },
];
