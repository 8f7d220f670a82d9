import type { PreflightRow } from '../../domain/preflight/report.js';
import type { Scene } from './scene.js';

/** The custom topic, if any: whether the app may send to it shows only when it does. */
export function topicRows({ configuration, grantee }: Scene): readonly PreflightRow[] {
  const { events } = configuration;
  if (!events) return [];
  const host = new URL(events.url).hostname;
  return [
    {
      status: 'unknown',
      what: 'EventGrid Data Sender',
      where: host,
      why: 'send its own events',
      note: 'only an event would show it, and a preflight sends none; if it is not granted yet:',
      remedy: `az role assignment create --role "EventGrid Data Sender" --assignee-object-id ${grantee.objectId ?? "<object id of the app's identity>"} --assignee-principal-type ${grantee.person ? 'User' : 'ServicePrincipal'} --scope "$(az eventgrid topic list --query "[?name=='${host.split('.')[0]}'].id" --output tsv)"`,
    },
  ];
}
