/** How instances and entities are shown, one and many. */
import type { Engine } from './engine.js';
import { EventType, type HistoryEvent } from './history.js';
import type { Entity, Instance, RuntimeStatus } from './state.js';

const TYPE_NAMES = new Map<number, string>(Object.entries(EventType).map(([name, type]) => [type, name]));

/** Which instances are meant. Times are milliseconds since the epoch. */
export interface InstanceFilter {
  readonly statuses: readonly string[];
  readonly idPrefix: string;
  readonly createdFrom: number;
  readonly createdTo: number;
}

export interface Shown {
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly [more: string]: unknown;
}

/** An instance that is meant, shown when it is asked for: of a page of a long list only that page is. */
export interface Meant {
  readonly instanceId: string;
  show(): Shown;
}

/** All instances that are meant; entities are among them, as instances that never end. */
export function meantInstances(
  { state }: Pick<Engine, 'state'>,
  filter: InstanceFilter,
  options: { readonly input: boolean },
): Meant[] {
  const meant = (id: string, status: string, createdTime: number) =>
    (filter.statuses.length === 0 || filter.statuses.includes(status)) &&
    id.startsWith(filter.idPrefix) &&
    createdTime >= filter.createdFrom &&
    createdTime <= filter.createdTo;
  return [
    ...Object.values(state.instances)
      .filter((one) => meant(one.instanceId, one.status, one.createdTime))
      .map((one) => ({
        instanceId: one.instanceId,
        show: () => showInstance(one, { ...options, history: false }),
      })),
    ...Object.entries(state.entities)
      .filter(([id, one]) => meant(id, 'Running', one.lastUpdatedTime))
      .map(([id, one]) => ({ instanceId: id, show: () => showEntity(id, one) })),
  ];
}

export function showInstance(
  instance: Instance,
  options: { readonly input: boolean; readonly history: boolean },
): Shown {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: options.input ? value(instance.input) : null,
    customStatus: instance.customStatus ?? null,
    output: value(instance.output),
    // The host's times have whole seconds.
    createdTime: wholeSeconds(instance.createdTime),
    lastUpdatedTime: wholeSeconds(instance.lastUpdatedTime),
    ...(instance.parent ? { parentInstanceId: instance.parent.instanceId } : {}),
    ...(options.history ? { historyEvents: namedHistory(instance.history) } : {}),
  };
}

/** An entity is an orchestration that continues as new after each batch, with its state for input. */
export function showEntity(id: string, { exists, state, lastUpdatedTime }: Entity): Shown {
  return {
    name: id,
    instanceId: id,
    runtimeStatus: 'Running',
    input: { exists, state },
    customStatus: { entityExists: exists },
    output: null,
    createdTime: wholeSeconds(lastUpdatedTime),
    lastUpdatedTime: wholeSeconds(lastUpdatedTime),
  };
}

/** The history with its types by name, as the host shows it to people. */
function namedHistory(history: readonly HistoryEvent[]): Record<string, unknown>[] {
  return history.map((event) => ({
    ...event,
    EventType: TYPE_NAMES.get(event.EventType) ?? event.EventType,
  }));
}

function value(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wholeSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
