/** The Event Grid extension's webhook: handshakes of both schemas, one invocation for each event. */
import { timingSafeEqual } from 'node:crypto';
import { DEEPEST_JSON, isDeeperThan } from '../services/depth.js';
import type { Invoker } from './invoke.js';
import type { HostAnswer, HostRequest } from './server.js';

/** Event Grid sends at most this much in one delivery. */
const MAX_DELIVERY = 1.5 * 1024 * 1024;

export async function answerEventGrid(
  request: HostRequest,
  invoker: Invoker,
  systemKey: string,
  onReceived: (functionName: string, count: number) => void,
): Promise<HostAnswer> {
  const { url, headers } = request;
  if (!sameKey(url.searchParams.get('code') ?? headers['x-functions-key'] ?? '', systemKey))
    return { status: 401 };
  const functionName = url.searchParams.get('functionName') ?? '';
  const found = invoker.find(functionName, 'eventGridTrigger');
  if (!found)
    return { status: 404, body: { message: `There is no Event Grid function named '${functionName}'.` } };
  if (request.method === 'OPTIONS') {
    const origin = headers['webhook-request-origin'] ?? '*';
    return { status: 200, headers: { 'webhook-allowed-origin': origin } };
  }
  if (request.body.length > MAX_DELIVERY) return { status: 413 };

  const type = headers['aeg-event-type']?.toLowerCase();
  if (type === 'unsubscribe') return { status: 202 };
  if (type !== 'notification' && type !== 'subscriptionvalidation') return { status: 400 };
  const parsed = parse(request.body);
  // The extension does not catch what its parser throws.
  if (parsed === undefined) return { status: 500 };
  const events = Array.isArray(parsed) ? parsed : [parsed];
  if (type === 'subscriptionvalidation') {
    const data = (events[0] as { data?: { validationCode?: unknown } } | undefined)?.data;
    return { status: 200, body: { validationResponse: data?.validationCode } };
  }
  onReceived(found.metadata.name, events.length);
  let failed = false;
  for (const event of events) {
    try {
      await invoker.invoke(found, { json: JSON.stringify(event) });
    } catch {
      // The others of the batch still run; the whole delivery is tried again.
      failed = true;
    }
  }
  return { status: failed ? 500 : 202 };
}

function parse(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isDeeperThan(parsed, DEEPEST_JSON) ? undefined : parsed;
  } catch {
    return undefined;
  }
}

function sameKey(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
