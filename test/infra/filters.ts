/** Event Grid's filters, as the templates write them, applied to events as Event Grid applies them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';

const ADVANCED = z.object({
  operatorType: z.enum(['StringIn', 'StringNotEndsWith']),
  key: z.string(),
  values: z.array(z.string()).min(1),
});

const FILTERS = z.strictObject({
  runtimes: z.strictObject({
    function: z.string(),
    includedEventTypes: z.array(z.string()).min(1),
    advancedFilters: z.array(ADVANCED),
  }),
  credentials: z.strictObject({
    function: z.string(),
    includedEventTypes: z.array(z.string()).min(1),
    nameKey: z.string(),
    mostNames: z.number(),
    pendingEnding: z.string(),
  }),
  alerts: z.record(z.string(), z.array(z.string()).min(1)),
});

export interface EventFilter {
  readonly includedEventTypes: readonly string[];
  readonly advancedFilters: readonly z.infer<typeof ADVANCED>[];
}

export const filters = FILTERS.parse(JSON.parse(readFileSync(projectFile('infra/filters.json'), 'utf8')));

/** The filter of an operator's vault with these credentials, chosen as events.bicep chooses it. */
export function credentialFilter(names: readonly string[]): EventFilter {
  const { includedEventTypes, nameKey: key, mostNames, pendingEnding } = filters.credentials;
  return {
    includedEventTypes,
    advancedFilters: [
      names.length <= mostNames
        ? { operatorType: 'StringIn', key, values: [...names] }
        : { operatorType: 'StringNotEndsWith', key, values: [pendingEnding] },
    ],
  };
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
