import type { StartedBy } from '../domain/runs.js';

/** Who or what started a run, for the audit trail. */
export function startedByWords(startedBy: StartedBy): string {
  switch (startedBy.kind) {
    case 'event':
      return `event ${startedBy.eventType} ${startedBy.eventId} of ${startedBy.eventTime}`;
    case 'request':
      return `asked for by ${startedBy.principal}`;
    case 'run':
      return `part of run ${startedBy.runId}`;
    case 'schedule':
      return `the schedule of ${startedBy.at}`;
  }
}
