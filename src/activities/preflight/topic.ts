import { grantTopic } from '../../domain/preflight/grants.js';
import { rowOfPermission } from '../../domain/preflight/permissionRows.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { PreflightContext } from './context.js';

const SEND = 'Microsoft.EventGrid/events/send/action';

/** The custom topic, if any. It is looked up, not tried: that would take an event. */
export async function topicRows({
  configuration,
  azure,
  grantee,
  mayDo,
}: PreflightContext): Promise<readonly PreflightRow[]> {
  const { events } = configuration;
  if (!events) return [];
  const where = new URL(events.url).hostname;
  const name = where.split('.')[0] ?? where;
  const row = { what: SEND, where, why: 'send its own events' };
  const found = await azure.ownAccess.topic(events.url);
  if (found.kind !== 'answered') return [rowOfFailure(row, found)];
  const { id } = found;
  const remedy = grantTopic(name, id, grantee);
  if (id !== undefined) return [rowOfPermission(row, await mayDo('data', SEND, id), remedy)];
  // Who has the role sees the topic, too.
  const note = 'The identity may not see the topic, or there is none of this name.';
  return [{ ...row, status: 'missing', note, remedy }];
}
