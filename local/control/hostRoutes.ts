/** Looks into the functions host, stops it, sends it events by hand, and ends the local cloud. */
import { z } from 'zod';
import type { LocalClock } from '../kernel/clock.js';
import type { LogBook } from '../logBook.js';
import { APP_PATCH, type AppService } from '../runner/appService.js';
import { TOPIC_HOST, TOPIC_ID } from '../sample/names.js';
import type { EventGrid } from '../services/eventGrid/eventGrid.js';
import { EVENT_SCHEMAS } from '../services/eventGrid/events.js';
import { post } from '../services/eventGrid/post.js';
import { given } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

/** What the control API shows of the functions host. */
interface HostView {
  stats(): unknown;
  /** Events of an orchestration instance; `undefined` where there is none. */
  history(instanceId: string): unknown;
}

export interface HostRoutesOptions {
  readonly host: HostView;
  readonly appService: AppService;
  readonly clock: LocalClock;
  readonly eventGrid: EventGrid;
  /** Origin of the functions host. */
  readonly functions: string;
  readonly systemKey: string;
  readonly logs: LogBook;
  readonly shutDown: () => void;
}

const EVENT = z.strictObject({
  event: z.unknown().refine((event) => event !== undefined, 'An event is missing.'),
  functionName: z.string().min(1).optional(),
  schema: z.enum(EVENT_SCHEMAS).optional(),
});
const TOPIC = z.strictObject({ inputSchema: z.enum(EVENT_SCHEMAS) });
const LOGS = z.strictObject({ since: z.coerce.number().default(0) });

export function hostRoutes(options: HostRoutesOptions): ControlRoute[] {
  const { host, logs, appService } = options;
  return [
    { method: 'GET', path: '/app', handle: () => appService.settings },
    {
      method: 'PATCH',
      path: '/app',
      handle({ body }) {
        appService.configure(given(parsed(APP_PATCH, body)));
        return appService.settings;
      },
    },
    { method: 'POST', path: '/events', handle: ({ body }) => sendEvent(options, parsed(EVENT, body)) },
    { method: 'GET', path: '/subscriptions', handle: () => options.eventGrid.subscriptions() },
    {
      method: 'DELETE',
      path: '/subscriptions/{name}',
      handle({ params }) {
        options.eventGrid.unsubscribe(params['name'] ?? '');
        return undefined;
      },
    },
    {
      method: 'PUT',
      path: '/topic',
      handle({ body }) {
        const { inputSchema } = parsed(TOPIC, body);
        options.eventGrid.addTopic({ host: TOPIC_HOST, resourceId: TOPIC_ID, inputSchema });
        return undefined;
      },
    },
    { method: 'GET', path: '/published', handle: () => options.eventGrid.published() },
    { method: 'GET', path: '/stats', handle: () => host.stats() },
    {
      method: 'GET',
      path: '/instances/{id}/history',
      handle({ params }) {
        const history = host.history(params['id'] ?? '');
        if (history === undefined)
          throw new ControlError(404, `There is no instance "${params['id']}".`, 'id');
        return history;
      },
    },
    { method: 'GET', path: '/logs', handle: ({ query }) => logs.since(parsed(LOGS, query).since) },
    {
      method: 'POST',
      path: '/shutdown',
      handle() {
        setImmediate(options.shutDown);
        return { shuttingDown: true };
      },
    },
  ];
}

/** To one function exactly as given, whatever it is; or through Event Grid to whoever subscribes. */
async function sendEvent(
  { clock, eventGrid, functions, systemKey }: HostRoutesOptions,
  { event, functionName, schema }: z.output<typeof EVENT>,
): Promise<unknown> {
  if (functionName === undefined) {
    const events: unknown[] = Array.isArray(event) ? event : [event];
    try {
      return { subscriptions: [...new Set(events.flatMap((one) => eventGrid.publish(one)))] };
    } catch (error) {
      if (error instanceof z.ZodError) {
        const [issue] = error.issues;
        throw new ControlError(
          400,
          issue?.message ?? 'No event.',
          ['event', ...(issue?.path ?? [])].join('.'),
        );
      }
      throw error;
    }
  }
  const url = new URL('/runtime/webhooks/eventgrid', functions);
  url.searchParams.set('functionName', functionName);
  url.searchParams.set('code', systemKey);
  const isCloudEvent = schema === undefined ? hasSpecVersion(event) : schema === 'CloudEventSchemaV1_0';
  const headers = {
    'aeg-event-type': 'Notification',
    'content-type': isCloudEvent ? 'application/cloudevents+json; charset=utf-8' : 'application/json',
  };
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const status = await clock.busy(() => post(url, headers, text));
  return { status: status ?? null };
}

function hasSpecVersion(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'specversion' in event;
}
