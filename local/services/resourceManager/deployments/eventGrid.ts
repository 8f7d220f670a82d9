/** Microsoft.EventGrid: custom topics and system topics. */
import { z } from 'zod';
import { EVENT_SCHEMAS } from '../../eventGrid/events.js';
import { failedState, Refusal } from './refusal.js';
import type { StoredResource, TemplateResource } from './types.js';
import { need, ofType, same, type World } from './world.js';

const SYSTEM_TOPICS = 'Microsoft.EventGrid/systemTopics';

const TOPIC = z.looseObject({
  location: z.string(),
  properties: z.looseObject({ inputSchema: z.enum(EVENT_SCHEMAS).default('EventGridSchema') }).prefault({}),
});
const SYSTEM_TOPIC = z.looseObject({
  location: z.string(),
  identity: z.looseObject({ type: z.string() }).optional(),
  properties: z.looseObject({ source: z.string(), topicType: z.string() }),
});

/** A custom topic: the app can send to it from now on. */
export function topic(world: World, { id, name, body }: TemplateResource): Record<string, string> {
  const { location, properties } = TOPIC.parse(body);
  const host = `${name}.${location}-1.eventgrid.azure.net`.toLowerCase();
  if (!world.topics().some((one) => same(one, id))) {
    world.addTopic({ host, resourceId: id, inputSchema: properties.inputSchema });
  }
  return { endpoint: `https://${host}/api/events` };
}

/**
 * A system topic: one for a source
 * (https://learn.microsoft.com/azure/event-grid/system-topics#location-and-resource-group-for-a-system-topic). The error
 * of a second one is on record in MicrosoftDocs/azure-docs#97986, the one of a changed source in
 * Azure/azure-quickstart-templates#13688, the one of an identity in the location `global` in Azure/azure-cli#18002.
 */
export function systemTopic(
  world: World,
  resource: TemplateResource,
  before: StoredResource | undefined,
): undefined {
  const { location, identity, properties } = SYSTEM_TOPIC.parse(resource.body);
  const { source } = properties;
  if (before !== undefined && !same(SYSTEM_TOPIC.parse(before.body).properties.source, source)) {
    throw new Refusal('InvalidRequest', 'System topic source cannot be modified.');
  }
  const found = need(world, source);
  const isGlobal = /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?$/i.test(source);
  const expected = isGlobal ? 'global' : found.location;
  if (expected !== undefined && !same(expected, location)) {
    throw new Refusal(
      'InvalidRequest',
      `The system topic's location '${location}' does not match the location '${expected}' of its source ${source}.`,
    );
  }
  const hasIdentity = identity !== undefined && identity.type !== 'None';
  if (isGlobal && hasIdentity && !world.options().identityOnGlobalTopics) {
    throw new Refusal(
      'InvalidRequest',
      `The requested operation on resource 'Microsoft.EventGrid/systemTopics/${resource.name}' failed since identity is unavailable for location 'global'.`,
    );
  }
  const other = ofType(world, SYSTEM_TOPICS).find(
    (one) => !same(one.id, resource.id) && same(SYSTEM_TOPIC.parse(one.body).properties.source, source),
  );
  if (other !== undefined) {
    throw new Refusal(
      'InvalidRequest',
      `There is an existing tracked system topic for the given source ${source}. Only one system topic is allowed per source.`,
    );
  }
}

/** What Event Grid says to a destination that is not there; on record in Azure/bicep#11656. */
export function destinationNotFound(id: string): Refusal {
  return failedState(
    'Endpoint validation',
    `Destination endpoint not found. Resource details: resourceId: ${id}. Resource should pre-exist before attempting this operation.`,
  );
}
