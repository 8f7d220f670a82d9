import { type Caller, callerOf, formatCaller } from '../domain/runs/caller.js';
import type { StartedBy } from '../domain/runs/inputs.js';

/** Who asked for a run, for events; nothing where nobody did. */
export function askedBy(startedBy: StartedBy): { readonly by?: Caller } {
  return startedBy.kind === 'request' ? { by: callerOf(startedBy) } : {};
}

/** Who or what started a run, for the audit trail. */
export function formatStartedBy(startedBy: StartedBy): string {
  switch (startedBy.kind) {
    case 'event':
      return `event ${startedBy.eventType} ${startedBy.eventId} of ${startedBy.eventTime}`;
    case 'request':
      return `asked for by ${formatCaller(startedBy)}`;
    case 'run':
      return `part of run ${startedBy.runId}`;
    case 'schedule':
      return `the schedule of ${startedBy.at}`;
  }
}
