/** How a wait pauses between two looks at what its run was told: for long, and with an ear for whoever tells it to look. */

import { LOOK_EVENT } from '../../domain/runs/runControl.js';
import { HEAR_AGAIN_MS, VERIFY_AGAIN_MS } from '../../domain/values/timing.js';
import type { OrchestrationContext } from '../durable.js';
import { type Flow, nowMs, pause, pauseOrEvent } from '../flow.js';
import type { Heard } from '../instructions.js';

/** The pauses that come before it listens again, in milliseconds. */
type Soon = readonly number[];

/**
 * Pauses until the next look is due, which is the next execution's: it begins with a look, and what was raised meanwhile and
 * went lost as it continued as new is found by that. Gives the short pauses that are still to come.
 *
 * While it looks again soon it does not listen, so that a flood of events costs no more than these looks.
 *
 * @param look `everyMs`: how often it looks untold. `until`: when it ends in any case, milliseconds since the epoch
 */
export function* pauseBetweenLooks(
  context: OrchestrationContext,
  { unverified }: Pick<Heard, 'unverified'>,
  look: { readonly soon: Soon | undefined; readonly everyMs: number; readonly until: number },
): Flow<Soon> {
  const left = look.until - nowMs(context);
  const [next, ...later] = look.soon ?? [];
  if (next !== undefined) {
    yield* pause(context, Math.min(next, left));
    return later;
  }
  const everyMs = unverified ? Math.min(VERIFY_AGAIN_MS, look.everyMs) : look.everyMs;
  const told = yield* pauseOrEvent(context, Math.min(everyMs, left), LOOK_EVENT);
  return told ? HEAR_AGAIN_MS : [];
}
