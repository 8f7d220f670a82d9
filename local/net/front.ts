/**
 * The front of the emulated services: turns an HTTP request into a `ServiceRequest`, lets the faults strike, and
 * writes one line in the ledger for each call.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LocalClock } from '../kernel/clock.js';
import type { FaultAction, Kernel, Service, ServiceRequest, ServiceResponse } from '../kernel/types.js';
import { isMalformed } from './escapes.js';

/** A larger body is refused with 413. Azure Resource Manager's own limit is 4 MB. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** Nobody waits longer for an answer; shorter ones would race with a client that reuses its connection. */
export const KEEP_ALIVE_MS = 120_000;

/** Airflow's web server decodes what it can. Azure's services stand behind http.sys, which refuses the rest itself. */
const TAKES_ANY_ESCAPE: readonly string[] = ['airflow'];
const BAD_URL: ServiceResponse = {
  status: 400,
  headers: { 'content-type': 'text/html; charset=us-ascii', connection: 'close' },
  body: '<HTML><HEAD><TITLE>Bad Request</TITLE></HEAD><BODY><h2>Bad Request - Invalid URL</h2><hr><p>HTTP Error 400. The request URL is invalid.</p></BODY></HTML>',
};

interface FrontKernel extends Kernel {
  readonly clock: LocalClock;
  persisted(): Promise<void>;
  crash(): void;
}

export interface FrontOptions {
  readonly kernel: FrontKernel;
  readonly scheme: 'http' | 'https';
  /** The service that answers for a host name in lower case, without port. */
  readonly serviceFor: (host: string) => Service | undefined;
  readonly log: (line: string) => void;
}

/** The service whose host names match; `*.` stands for one label or more. */
export function findService(services: readonly Service[], host: string): Service | undefined {
  return services.find(({ hosts }) =>
    hosts.some((pattern) =>
      pattern.startsWith('*.')
        ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
        : host === pattern,
    ),
  );
}

export function createFront(options: FrontOptions): RequestListener {
  return (incoming, outgoing) => {
    const answered = options.kernel.clock.call(() => answer(options, incoming, outgoing));
    answered.catch((error: unknown) => {
      options.log(`A connection broke: ${String(error)}`);
      incoming.socket.destroy();
    });
  };
}

async function answer(
  { kernel, scheme, serviceFor, log }: FrontOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  const request = parse(scheme, incoming, body ?? Buffer.alloc(0));
  if (!request) return send(outgoing, { status: 400, body: 'The request has no valid host or target.' });
  const service = serviceFor(request.host);
  if (!service) return send(outgoing, { status: 421, body: `No service here answers for ${request.host}.` });
  if (!body) {
    kernel.ledger.record({ service: service.name, operation: 'tooLarge', status: 413 });
    outgoing.setHeader('connection', 'close');
    return send(outgoing, { status: 413, body: 'The body is larger than 4 MB.' });
  }

  if (!TAKES_ANY_ESCAPE.includes(service.name) && isMalformed(request.url.pathname)) {
    kernel.ledger.record({ service: service.name, operation: 'badUrl', status: 400 });
    return send(outgoing, BAD_URL);
  }

  const call = { service: service.name, ...service.describe(request) };
  const fault = kernel.faults.strike({ ...call, path: request.url.pathname });
  const note = (status?: number) =>
    kernel.ledger.record({
      ...call,
      ...(status === undefined ? {} : { status }),
      detail: {
        method: request.method,
        path: request.url.pathname,
        ...audienceOf(request),
        ...(fault === undefined ? {} : { fault: fault.kind }),
      },
    });

  if (fault?.kind === 'drop') {
    note();
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === 'status') {
    note(fault.status);
    return send(outgoing, responseOf(fault));
  }
  if (fault?.kind === 'delay') {
    const left = new Promise((resolve) => outgoing.once('close', resolve));
    await kernel.clock.sleep(fault.seconds * 1000, left);
  }

  // One piece of work up to the last byte: nobody else's time may pass between the effect and its answer.
  await kernel.clock.busy(async () => {
    const carriedOut = await carryOut(service, request, log);
    const response =
      fault?.kind === 'otherStatus' && carriedOut.status < 300
        ? { ...carriedOut, status: fault.status }
        : carriedOut;
    if (request.method !== 'GET' && request.method !== 'HEAD') await kernel.persisted();
    note(response.status);
    if (fault?.kind === 'crash') kernel.crash();
    if (fault?.kind === 'lostResponse') {
      incoming.socket.destroy();
      return;
    }
    await send(outgoing, response);
  });
}

async function carryOut(
  service: Service,
  request: ServiceRequest,
  log: (line: string) => void,
): Promise<ServiceResponse> {
  try {
    return await service.handle(request);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(
      `DEFECT of the local cloud: ${service.name} threw at ${request.method} ${request.url.pathname}: ${what}`,
    );
    return {
      status: 500,
      body: { error: { code: 'InternalServerError', message: 'The local cloud has a defect; see its log.' } },
    };
  }
}

/** The whole body; `undefined` where it exceeds the limit. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    // The rest is read and thrown away, so that the client gets to read the answer.
    if (size <= BODY_LIMIT) chunks.push(bytes);
    else chunks.length = 0;
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined;
}

function parse(scheme: string, incoming: IncomingMessage, body: Buffer): ServiceRequest | undefined {
  const authority = incoming.headers.host?.toLowerCase() ?? '';
  const target = `${scheme}://${authority}${incoming.url ?? '/'}`;
  if (authority === '' || !incoming.url?.startsWith('/') || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: incoming.method ?? 'GET', host: url.hostname, url, headers, body };
}

/** Whom a bearer token is for, whoever gets to see it; nothing where there is none or it cannot be read. */
function audienceOf({ headers }: ServiceRequest): { audience?: string } {
  const payload = /^bearer [^.]+\.([^.]+)\./i.exec(headers['authorization'] ?? '')?.[1];
  if (payload === undefined) return {};
  try {
    const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { aud?: unknown };
    return typeof aud === 'string' ? { audience: aud } : {};
  } catch {
    return {};
  }
}

function responseOf(fault: Extract<FaultAction, { kind: 'status' }>): ServiceResponse {
  return {
    status: fault.status,
    ...(fault.headers === undefined ? {} : { headers: fault.headers }),
    body: fault.body ?? {
      error: { code: 'FaultInjected', message: 'A fault was switched on for this call.' },
    },
  };
}

function send(outgoing: ServerResponse, { status, headers, body }: ServiceResponse): Promise<void> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? '' : isRaw ? body : JSON.stringify(body);
  for (const [name, value] of Object.entries(headers ?? {})) outgoing.setHeader(name, value);
  if (body !== undefined && !outgoing.hasHeader('content-type')) {
    outgoing.setHeader(
      'content-type',
      isRaw ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    );
  }
  outgoing.statusCode = status;
  // Whoever has gone hears nothing: the effect is there all the same.
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    // `close` comes after `finish`, and alone where the client has gone.
    outgoing.once('close', resolve);
    if (status === 204 || status === 304) outgoing.removeHeader('content-type');
    outgoing.end(status === 204 || status === 304 ? undefined : payload);
  });
}
