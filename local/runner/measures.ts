import type { Measures } from './state.js';

export function newMeasures(): Measures {
  return { executions: 0, episodes: 0, maxEvents: 0, totalEvents: 0, maxPayload: 0 };
}

/** An execution has ended with so many events. */
export function grow(measures: Measures, events: number): void {
  measures.executions++;
  measures.totalEvents += events;
  measures.maxEvents = Math.max(measures.maxEvents, events);
}

/** Payloads that went through the back end. */
export function payload(measures: Measures, ...texts: readonly (string | undefined)[]): void {
  for (const text of texts) {
    if (text !== undefined)
      measures.maxPayload = Math.max(measures.maxPayload, Buffer.byteLength(text, 'utf8'));
  }
}
