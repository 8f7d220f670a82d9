/** Hands requests on to the web server of a real Airflow, which then answers under the host name of its runtime. */
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { unavailable } from './pages.js';

/** What belongs to the client's own connection, or is made anew for the next one. */
const OWN_TO_A_CONNECTION = ['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding'];
/** Longer than any web server needs; a gateway gives up at some point, too. */
const GATEWAY_TIMEOUT_MS = 60_000;

/** The answer of the web server at `origin`, or the gateway's own where there is none. */
export async function handOn(origin: string, request: ServiceRequest): Promise<ServiceResponse> {
  const headers = Object.entries(request.headers).filter(([name]) => !OWN_TO_A_CONNECTION.includes(name));
  try {
    const answer = await fetch(new URL(`${request.url.pathname}${request.url.search}`, origin), {
      method: request.method,
      headers: Object.fromEntries(headers),
      redirect: 'manual',
      signal: AbortSignal.timeout(GATEWAY_TIMEOUT_MS),
      ...(request.body.length === 0 ? {} : { body: new Uint8Array(request.body) }),
    });
    const shown = ['content-type', 'location', 'www-authenticate', 'retry-after'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(shown),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  } catch {
    return unavailable();
  }
}
