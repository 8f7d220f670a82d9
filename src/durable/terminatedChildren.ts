import type { PreInvocationContext } from '@azure/functions';

/** A sub-orchestration that has failed, or that somebody terminated, as the host's histories number their events. */
const CHILD_FAILED = 9;

/**
 * Lets a parent hear of a child that somebody terminated. The host tells it without details, as null; the SDK (3.5.0)
 * takes that for a broken replay and throws past the orchestrator, so that the parent fails with its child, and nothing in
 * it can catch that. With an empty text the parent gets the exception that it gets for any other child.
 *
 * A hook: it sees what the host sends before the SDK does, and changes nothing but that.
 */
export function hearTerminatedChildren({ inputs }: Pick<PreInvocationContext, 'inputs'>): void {
  const history = (inputs[0] as { history?: unknown } | null | undefined)?.history;
  if (!Array.isArray(history)) return;
  for (const event of history as { EventType?: unknown; Details?: unknown }[]) {
    if (event.EventType === CHILD_FAILED && event.Details === null) event.Details = '';
  }
}
