/**
 * Microsoft.EventGrid: subscriptions to topics. Event Grid looks at the destination when the subscription is made, and
 * whether the identity that it delivers with may write there.
 */
import { z } from 'zod';
import { destinationNotFound } from './eventGrid.js';
import { failedState, Refusal } from './refusal.js';
import type { StoredResource, TemplateResource } from './types.js';
import { look, storedAt, type World } from './world.js';

/** https://learn.microsoft.com/azure/event-grid/event-filtering#limitations */
const MOST_FILTER_VALUES = 25;

const STORAGE = 'Microsoft.Storage/storageAccounts';
const WRITE_BLOB = [`${STORAGE}/blobServices/containers/blobs/write`];
const SEND_MESSAGE = [
  `${STORAGE}/queueServices/queues/messages/add/action`,
  `${STORAGE}/queueServices/queues/messages/write`,
];

const DESTINATION = z.looseObject({
  endpointType: z.string(),
  properties: z.looseObject({
    resourceId: z.string(),
    queueName: z.string().optional(),
    blobContainerName: z.string().optional(),
  }),
});
type Destination = z.infer<typeof DESTINATION>;

const IDENTITY = z.looseObject({ type: z.string(), userAssignedIdentity: z.string() });

const SUBSCRIPTION = z.looseObject({
  properties: z.looseObject({
    destination: DESTINATION.optional(),
    deliveryWithResourceIdentity: z.looseObject({ identity: IDENTITY, destination: DESTINATION }).optional(),
    deadLetterDestination: DESTINATION.optional(),
    deadLetterWithResourceIdentity: z
      .looseObject({ identity: IDENTITY, deadLetterDestination: DESTINATION })
      .optional(),
    filter: z
      .looseObject({
        advancedFilters: z.array(z.looseObject({ values: z.array(z.unknown()).optional() })).default([]),
      })
      .optional(),
  }),
});

const OWNER = z.looseObject({
  identity: z
    .looseObject({ userAssignedIdentities: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
});

/** An event subscription of a topic or a system topic. */
export function eventSubscription(world: World, { id, name, body }: TemplateResource): undefined {
  const { properties } = SUBSCRIPTION.parse(body);
  const values = (properties.filter?.advancedFilters ?? []).map((one) => one.values?.length ?? 1);
  const total = values.reduce((sum, one) => sum + one, 0);
  if (total > MOST_FILTER_VALUES) {
    throw new Refusal(
      'InvalidRequest',
      `The maximum number of advanced filter values allowed on an event subscription is ${MOST_FILTER_VALUES}; there are ${total}.`,
    );
  }
  const topic = storedAt(world, id.replace(/\/eventSubscriptions\/[^/]+$/i, ''));
  const { deliveryWithResourceIdentity: delivery, deadLetterWithResourceIdentity: deadLetters } = properties;
  const plain = [properties.destination, properties.deadLetterDestination];
  for (const destination of plain) if (destination !== undefined) mustBeThere(world, destination);
  if (delivery !== undefined) {
    mustBeThere(world, delivery.destination);
    mustBeAllowed(world, name, topic, delivery.identity.userAssignedIdentity, delivery.destination);
  }
  if (deadLetters !== undefined) {
    const { identity, deadLetterDestination } = deadLetters;
    mustBeThere(world, deadLetterDestination);
    mustBeAllowed(world, name, topic, identity.userAssignedIdentity, deadLetterDestination);
  }
}

/** A function is there once its app has been published and has indexed it. */
function mustBeThere(world: World, { properties }: Destination): void {
  const { resourceId, queueName, blobContainerName } = properties;
  const below = [
    ...(queueName === undefined ? [] : [`queueServices/default/queues/${queueName}`]),
    ...(blobContainerName === undefined ? [] : [`blobServices/default/containers/${blobContainerName}`]),
  ];
  for (const id of [resourceId, ...below.map((path) => `${resourceId}/${path}`)]) {
    if (look(world, id) === undefined) throw destinationNotFound(id);
  }
}

/**
 * The identity must be the topic's, and hold its right at the `resourceId` of the destination or above: a grant on the
 * container or the queue alone is on record as refused. The error is the one of Azure/bicep-registry-modules#5205.
 */
function mustBeAllowed(
  world: World,
  subscription: string,
  topic: StoredResource | undefined,
  identityId: string,
  { endpointType, properties }: Destination,
): void {
  const assigned = Object.keys(OWNER.parse(topic?.body ?? {}).identity?.userAssignedIdentities ?? {});
  if (!assigned.some((one) => one.toLowerCase() === identityId.toLowerCase())) {
    throw new Refusal(
      'InvalidRequest',
      `The identity ${identityId} of the event subscription ${subscription} is not assigned to its topic.`,
    );
  }
  const actions = { StorageBlob: WRITE_BLOB, StorageQueue: SEND_MESSAGE }[endpointType] ?? [];
  const clientId = storedAt(world, identityId)?.added['clientId'] ?? '';
  if (actions.length === 0) return;
  if (actions.some((action) => world.roles.allowsData(clientId, action, properties.resourceId))) return;
  throw failedState(
    'Managed Identity Authorization Error',
    `Managed Identity for ${subscription} does not have permission to perform appropriate action on the destination resource. Managed identity for event subscription does not have authorization to deliver to the endpoint. Visit aka.ms/egmsivalidation for more details.`,
  );
}
