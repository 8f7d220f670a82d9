/** Event Grid's filters, as the templates deploy them, applied to events as Event Grid applies them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';
import { type Deployed, deploy } from './evaluate/deploy.js';

const ADVANCED = z.object({
  operatorType: z.enum(['StringIn', 'StringNotEndsWith']),
  key: z.string(),
  values: z.array(z.string()).min(1),
});

const SUBSCRIPTION = z.object({
  properties: z.object({
    destination: z.object({
      endpointType: z.literal('AzureFunction'),
      properties: z.looseObject({ resourceId: z.string() }),
    }),
    filter: z.strictObject({
      includedEventTypes: z.array(z.string()).min(1),
      advancedFilters: z.array(ADVANCED),
    }),
  }),
});

const FILE = z.looseObject({ credentials: z.looseObject({ mostNames: z.number() }) });

export interface EventFilter {
  readonly includedEventTypes: readonly string[];
  readonly advancedFilters: readonly z.infer<typeof ADVANCED>[];
}

/** How many names of credentials a filter holds; above that it is another one. */
export const { mostNames } = FILE.parse(
  JSON.parse(readFileSync(projectFile('infra/filters.json'), 'utf8')),
).credentials;

/** The subscriptions of functions of the app to events of runtimes, or of credentials. */
export function subscriptionsOf(
  what: 'runtimes' | 'credentials',
  deployed: readonly Deployed[] = deploy(),
): readonly (EventFilter & { readonly functionName: string | undefined })[] {
  return deployed
    .filter(
      ({ type, name }) => type.endsWith('systemTopics/eventSubscriptions') && name.includes(`-${what}-`),
    )
    .map(({ body }) => {
      const { destination, filter } = SUBSCRIPTION.parse(body).properties;
      return { ...filter, functionName: destination.properties.resourceId.split('/functions/')[1] };
    });
}

/** The filter of an operator's vault with these credentials. */
export function credentialFilter(minted: readonly string[], external: readonly string[] = []): EventFilter {
  const vault = { resourceGroup: 'rg-sales', name: 'contoso-ops', minted, external, referenced: [] };
  const [filter] = subscriptionsOf('credentials', deploy({ operatorVaults: [vault] }));
  if (filter === undefined) throw new Error('The templates subscribe to no events of credentials.');
  return filter;
}

/**
 * Whether an event passes: its type is included and every advanced filter holds, all without case
 * (https://learn.microsoft.com/azure/event-grid/event-filtering).
 */
export function passes({ includedEventTypes, advancedFilters }: EventFilter, event: object): boolean {
  const type = valueAt(event, 'eventType') ?? valueAt(event, 'type');
  return (
    isIn(type, includedEventTypes) &&
    advancedFilters.every(({ operatorType, key, values }) => {
      const value = valueAt(event, key);
      return operatorType === 'StringIn' ? isIn(value, values) : !endsIn(value, values);
    })
  );
}

function valueAt(event: object, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
      event,
    );
}

function endsIn(value: unknown, endings: readonly string[]): boolean {
  return (
    typeof value === 'string' && endings.some((ending) => value.toLowerCase().endsWith(ending.toLowerCase()))
  );
}

function isIn(value: unknown, values: readonly string[]): boolean {
  return typeof value === 'string' && values.some((one) => one.toLowerCase() === value.toLowerCase());
}
