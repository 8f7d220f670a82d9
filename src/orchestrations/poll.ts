import { continueAsNew, type OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';

/** What a round of a wait leads to: its end, or the state that the next round begins with. */
export type Round<S, R> = { readonly result: R } | { readonly state: S };

/**
 * Takes round after round until one has a result. After so many of them the orchestration continues as new with the state
 * that it has then: each step replays the whole history, so that a long wait in one execution would cost its square.
 *
 * @param rounds in one execution
 * @param beforeNext what has to be before it continues; a result from here ends the wait
 */
export function* poll<S, R>(
  context: OrchestrationContext,
  rounds: number,
  first: S,
  round: (state: S) => Flow<Round<S, R>>,
  beforeNext?: (state: S) => Flow<R | undefined>,
): Flow<R | undefined> {
  let state = first;
  for (let taken = 0; taken < rounds; taken++) {
    const next = yield* round(state);
    if ('result' in next) return next.result;
    state = next.state;
  }
  const ended = beforeNext ? yield* beforeNext(state) : undefined;
  if (ended !== undefined) return ended;
  continueAsNew(context, state);
  return undefined;
}
