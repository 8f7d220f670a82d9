/** The webhook of the Event Grid extension. */
import type { ProbeHost } from '../host.js';
import { plain } from '../normal.js';
import { type Answer, questions } from '../question.js';

const NOTIFICATION = { 'aeg-event-type': 'Notification' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** An event in Event Grid's own schema whose subject is this question's. */
const event = (host: ProbeHost, id: string, data: object = {}) => ({
  id,
  subject: host.id(),
  eventType: 'Probe.Asked',
  eventTime: '2026-01-02T03:04:05Z',
  dataVersion: '1',
  metadataVersion: '1',
  topic: '/probe',
  data,
});
const cloudEvent = (host: ProbeHost, id: string) => ({
  specversion: '1.0',
  id,
  source: '/probe',
  subject: host.id(),
  type: 'Probe.Asked',
  time: '2026-01-02T03:04:05Z',
  data: {},
});

async function notified(
  host: ProbeHost,
  body: unknown,
  headers: Readonly<Record<string, string>> = { ...NOTIFICATION, ...JSON_TYPE },
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { status } = await host.deliver('hears', { headers, body: text });
  return { status, received: [...(await host.effects(host.id()))].sort() as Answer };
}

export const EVENT_GRID = questions('Event Grid', {
  'the validation of a subscription': async (host) => {
    const data = { validationCode: 'the code', validationUrl: 'https://example.org/' };
    const { status, body } = await host.deliver('hears', {
      headers: { 'aeg-event-type': 'SubscriptionValidation', ...JSON_TYPE },
      body: JSON.stringify([event(host, '1', data)]),
    });
    return { status, body: plain(body) };
  },
  'the validation of cloud events': async (host) => {
    const { status, headers } = await host.deliver('hears', {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    return {
      status,
      allowedOrigin: headers.get('webhook-allowed-origin'),
      hasAllowedRate: headers.has('webhook-allowed-rate'),
    };
  },
  'one event as a list': (host) => notified(host, [event(host, '1')]),
  'one event as an object': (host) => notified(host, event(host, '1')),
  'a cloud event': (host) =>
    notified(host, cloudEvent(host, '1'), {
      ...NOTIFICATION,
      'content-type': 'application/cloudevents+json; charset=utf-8',
    }),
  'a batch of cloud events': (host) =>
    notified(host, [cloudEvent(host, '1'), cloudEvent(host, '2')], {
      ...NOTIFICATION,
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    }),
  'a batch of which one fails': (host) =>
    notified(host, [event(host, '1'), event(host, '2', { fails: true }), event(host, '3')]),
  'an unknown function': async (host) =>
    (await host.deliver('nobody', { headers: { ...NOTIFICATION, ...JSON_TYPE }, body: '[]' })).status,
  'no aeg-event-type': (host) => notified(host, [event(host, '1')], JSON_TYPE),
  'an unknown aeg-event-type': (host) =>
    notified(host, [event(host, '1')], { 'aeg-event-type': 'Other', ...JSON_TYPE }),
  'the end of a subscription': (host) =>
    notified(host, [event(host, '1')], { 'aeg-event-type': 'Unsubscribe', ...JSON_TYPE }),
  'no JSON': (host) => notified(host, 'no JSON'),
  'an empty list': (host) => notified(host, []),
});
