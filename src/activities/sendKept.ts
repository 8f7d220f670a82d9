import type { Activities } from '../domain/activities/activities.js';
import { EMPTY_APP_RECORD } from '../domain/records/appRecord.js';
import type { ActivityDeps, DurableState } from './deps.js';

type Activity = Activities['sendKept'];

/** So many are done with at once, sent or given up. What the topic refuses does not count: it would keep back what follows. */
const MOST = 50;
/** What has waited for so long says nothing any more. */
const GIVEN_UP_MS = 7 * 24 * 3_600_000;

/**
 * Sends events that are kept, oldest first, up to the first that a topic which is down does not take. Repeated, it sends
 * them again, with the same ids.
 */
export async function sendKept(
  { now }: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const { kept } = (await durable.appRecord()) ?? EMPTY_APP_RECORD;
  const { events } = await deps.configuration();
  if (!events || kept.length === 0) return { kind: 'sent', done: kept.map(({ id }) => id), left: 0 };
  const topic = (await deps.azure()).topic(events);
  const done: string[] = [];
  for (const { id, event, at } of kept) {
    if (done.length === MOST) break;
    if (now - Date.parse(at) > GIVEN_UP_MS) {
      done.push(id);
      continue;
    }
    const { type, subject, data } = event;
    const sent = await topic.publish({ id, type, subject, time: new Date(at), data });
    if (sent.kind === 'retry') break;
    // One that the topic refuses may be the only one.
    if (sent.kind === 'published') done.push(id);
  }
  const left = kept.filter(({ id }) => !done.includes(id));
  const [oldest] = left;
  return { kind: 'sent', done, left: left.length, ...(oldest ? { oldest: oldest.at } : {}) };
}
