/** What an entity has answered may not stand yet. */

import { ASK_ENTITY_AGAIN_MS } from '../domain/values/timing.js';
import type { OrchestrationContext } from './durable.js';
import { type Flow, pause } from './flow.js';

/**
 * Asks again where the answer is no. Where two hosts have the same entity for a moment, the one that loses has sent its
 * answers already; what they tell of is not kept, and is carried out once more when the messages show again. Until then
 * the record, and every activity that reads it, says that the run has no claim.
 *
 * @param isNo whether an answer says that the run does not hold what it was given
 */
export function* askAgain<T>(
  context: OrchestrationContext,
  isNo: (answer: T) => boolean,
  ask: () => Flow<T>,
): Flow<T> {
  let answer = yield* ask();
  for (const ms of ASK_ENTITY_AGAIN_MS) {
    if (!isNo(answer)) break;
    yield* pause(context, ms);
    answer = yield* ask();
  }
  return answer;
}
