/** Activities and helpers that several subjects use. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as df from 'durable-functions';
import { note, slowness } from './memory.mjs';

df.app.activity('nothing', { handler: () => undefined });
df.app.activity('describe', { handler: (input) => describe(input) });
df.app.activity('effect', {
  handler(key) {
    note(key, 'effect');
    return 'done';
  },
});
/** Takes as long as it was told for this instance. */
df.app.activity('slow', {
  async handler(instanceId) {
    note(instanceId, 'began');
    await sleep(slowness(instanceId));
    return 'done';
  },
});
df.app.activity('throws', {
  handler(message) {
    throw new Error(message);
  },
});
df.app.orchestration('own', function* (context) {
  yield* [];
  return { id: context.df.instanceId, parent: context.df.parentInstanceId ?? null };
});

/** The moment so many milliseconds from an orchestrator's now. */
export function after(context, ms) {
  return new Date(context.df.currentUtcDateTime.getTime() + ms);
}

/** Yields a task; gives `{ value }`, or `{ threw }` with the message. */
export function* attempt(task) {
  try {
    return { value: yield task };
  } catch (error) {
    return { threw: error.message };
  }
}

/** A value with its type, as it arrived. */
export function describe(value) {
  if (value === undefined || value === null) return String(value);
  if (value instanceof Date) return `Date ${JSON.stringify(value)}`;
  const text = JSON.stringify(value);
  return `${typeof value} ${text.length > 80 ? `of ${text.length} characters` : text}`;
}
