/** Lets the emulated Event Grid deliver by the event subscriptions that templates deployed. */
import { z } from 'zod';
import type { Cloud } from './cloud.js';

const TOPIC = z.object({ properties: z.object({ source: z.string() }) });
const SUBSCRIPTION = z.object({
  properties: z.object({
    destination: z.object({
      endpointType: z.literal('AzureFunction'),
      properties: z.object({ resourceId: z.string() }),
    }),
    eventDeliverySchema: z.enum(['EventGridSchema', 'CloudEventSchemaV1_0']),
    filter: z.object({
      includedEventTypes: z.array(z.string()),
      advancedFilters: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
    }),
  }),
});

/** Where an event subscription of a function gets its events from, and where they go. */
export interface FunctionSubscription {
  readonly id: string;
  readonly name: string;
  /** Resource id of the source. */
  readonly source: string;
  /** Resource ids of the app and name of the function. */
  readonly site: string;
  readonly functionName: string;
  readonly eventTypes: readonly string[];
  readonly operationNames: readonly string[];
  readonly schema: 'EventGridSchema' | 'CloudEventSchemaV1_0';
}

/** Those of system topics to functions. */
export function functionSubscriptions({ azure }: Cloud): readonly FunctionSubscription[] {
  const resources = azure.deployments.resources();
  return resources.flatMap(({ id, name, body }) => {
    const parsed = SUBSCRIPTION.safeParse(body);
    if (!parsed.success) return [];
    const { destination, filter, eventDeliverySchema: schema } = parsed.data.properties;
    const topic = resources.find((one) =>
      id.toLowerCase().startsWith(`${one.id.toLowerCase()}/eventsubscriptions/`),
    );
    const [, site = '', functionName = ''] =
      /^(.*)\/functions\/([^/]+)$/.exec(destination.properties.resourceId) ?? [];
    const operations = filter.advancedFilters.find(({ key }) => key === 'data.operationName');
    return [
      {
        id,
        name,
        source: TOPIC.parse(topic?.body).properties.source,
        site,
        functionName,
        eventTypes: filter.includedEventTypes,
        operationNames: operations?.values ?? [],
        schema,
      },
    ];
  });
}

/** Filters on names of secrets are left out: the app looks at those itself. */
export function deliverToFunctions(cloud: Cloud): void {
  for (const { id: _id, site: _site, source, ...subscription } of functionSubscriptions(cloud)) {
    cloud.azure.eventGrid.subscribe({
      ...subscription,
      eventTypes: [...subscription.eventTypes],
      operationNames: [...subscription.operationNames],
      topic: source,
    });
  }
}
