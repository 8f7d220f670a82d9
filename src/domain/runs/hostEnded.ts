/** Runs and parts of runs that the durable host itself ended: the worker went in the middle of one, or its replay differed. */
import type { Problem } from '../problems/problem.js';
import { clipped } from './trail.js';

/** Code of what the host ended, whatever part of a run it was. */
export const HOST_ENDED = 'hostEnded';

const LONGEST = 300;
/** From here on the host's text is a stack, or says the same once more. */
const STACK = /\n|\\n|\bStackTrace:|\sat \S{1,300} ?\(|\$OutOfProcData\$/;
/** Keys, tokens, signatures and client secrets are long words of these letters, digits among them. */
const LONG_WORD = /[\w~.+/=-]{30,}/g;

/** What the host said of an end, as far as it may be shown: one line, without a stack and without what may be a secret. */
export function hostText(output: unknown): string {
  const text = typeof output === 'string' ? output : '';
  const end = text.search(STACK);
  const first = end === -1 ? text : text.slice(0, end);
  const shown = first.replace(LONG_WORD, (word) => (mayBeSecret(word) ? '(redacted)' : word));
  return clipped(shown.trim(), LONGEST) || 'no reason was given';
}

/** Ids of runs and of the app's parts are long words, too. */
function mayBeSecret(word: string): boolean {
  return /\d/.test(word) && /[A-Za-z]/.test(word) && !isId(word);
}

function isId(word: string): boolean {
  return (
    /^@?(?:ev|rq|sw)-[0-9a-z-]+$/.test(word) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)
  );
}

const MOST_OFTEN =
  "Most often the app's process went while it worked, whatever the host says (its log has the reason).";

/**
 * The problem of a run that has no end of its own.
 *
 * @param output what the host kept as the instance's output
 */
export function hostEnded(output: unknown): Problem {
  return {
    code: 'hostEnded',
    message: `The durable host ended the run. It says: ${hostText(output)}`,
    remedy: `${MOST_OFTEN} Runs that it had started (childRunIds) go on: let them end. A write under way may have had its effect, and what the run claimed or left to do is not released by itself: a runtime is free again 30 minutes after the run's last sign of life, the credential of a rotation with the next sweep (POST /api/runs {"action":"sweep"}), which looks at all of it. Then start the run again.`,
  };
}

/** Whether a problem is the host's doing: it says nothing of a runtime or a credential. */
export function isOfHost(problem: Problem | undefined): boolean {
  return problem?.code === HOST_ENDED;
}

/** The problem of a run of which a part has no end of its own. */
export function partEnded(part: string, output: unknown): Problem {
  return {
    code: 'hostEnded',
    message: `The durable host ended a part of the run (${part}). It says: ${hostText(output)}`,
    remedy: `${MOST_OFTEN} Start the run again: what that part had begun may have had its effect, and the next run looks first.`,
  };
}
