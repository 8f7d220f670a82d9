/** Resource Manager's events of integration runtimes, as Event Grid delivers them. */

import {
  type EventEnvelope,
  type EventRelevance,
  irrelevant,
  malformed,
  printable,
  text,
  textWithin,
} from '../../domain/events/eventRelevance.js';
import { parseResourceId } from './resourceId.js';

const CHANGES: ReadonlyMap<string, 'written' | 'deleted'> = new Map([
  ['microsoft.resources.resourcewritesuccess', 'written'],
  ['microsoft.resources.resourcedeletesuccess', 'deleted'],
]);
const OPERATION = /^microsoft\.datafactory\/factories\/integrationruntimes\/(?:write|delete)$/i;

/** Judges one event. Nothing is thrown. */
export function readEvent(envelope: EventEnvelope): EventRelevance {
  const { eventType, eventId, eventTime, data } = envelope;
  const change = CHANGES.get(eventType.toLowerCase());
  if (change === undefined)
    return irrelevant(`events of type ${printable(eventType)} are not about runtimes`);

  const operation = text(data, 'operationName');
  if (operation === undefined) return malformed('the event names no operation');
  if (!OPERATION.test(operation))
    return irrelevant(`the operation ${printable(operation)} is not one on a runtime`);
  const resource = text(data, 'resourceUri') ?? text(data, 'resourceUrl') ?? envelope.subject;
  const runtime = resource === undefined ? undefined : parseResourceId(resource);
  if (!runtime) return irrelevant("the event's resource is not an integration runtime of a data factory");
  const correlationId = text(data, 'correlationId');
  const caller = textWithin(data, 'claims', 'appid');
  return {
    kind: 'relevant',
    runtime,
    change,
    eventId,
    eventType,
    eventTime,
    ...(correlationId ? { correlationId: correlationId.slice(0, 100) } : {}),
    ...(caller ? { caller } : {}),
  };
}
