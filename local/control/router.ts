/** The HTTP side of the control API: JSON in, JSON out, on 127.0.0.1 only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';

const BODY_LIMIT = 8 * 1024 * 1024;

interface ControlRequest {
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed body; an empty one is an empty object. */
  readonly body: unknown;
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/faults/{id}`. */
  readonly path: string;
  /** Answers 200 with what it gives, or 204 where that is undefined. */
  handle(request: ControlRequest): unknown;
}

/** Refuses a request; `field` names what was wrong in it. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** Binds a schema to a handler of the query or the body: what it refuses is answered with 400 and the field. */
export function parsed<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].map(String);
  throw new ControlError(400, issue?.message ?? 'The request is not valid.', path.join('.'));
}

/** `routes` are those of the moment at which a request comes. */
export function createControlServer(
  routes: () => readonly CompiledRoute[],
  log: (line: string) => void,
): Server {
  return createServer((incoming, outgoing) => {
    answer(routes(), incoming)
      .catch((error: unknown) => refusal(error, log))
      .then(({ status, body }) => send(outgoing, status, body))
      .catch((error: unknown) => log(`The control API could not answer: ${String(error)}`));
  });
}

export interface CompiledRoute {
  readonly route: ControlRoute;
  readonly pattern: RegExp;
}

export function compileRoutes(routes: readonly ControlRoute[]): CompiledRoute[] {
  return routes.map((route) => ({ route, pattern: patternOf(route.path) }));
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

async function answer(routes: readonly CompiledRoute[], incoming: IncomingMessage): Promise<Reply> {
  const raw = await readText(incoming);
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const here = routes.flatMap(({ route, pattern }) => {
    const match = pattern.exec(url.pathname);
    return match ? [{ route, params: decode(match.groups ?? {}) }] : [];
  });
  const found = here.find(({ route }) => route.method === incoming.method);
  if (!found) {
    const methods = here.map(({ route }) => route.method).join(', ');
    throw methods === ''
      ? new ControlError(404, `The control API has no ${url.pathname}; local/README.md lists what it has.`)
      : new ControlError(405, `${url.pathname} takes ${methods}.`);
  }
  const body = await found.route.handle({
    params: found.params,
    query: Object.fromEntries(url.searchParams),
    body: parseJson(raw),
  });
  return body === undefined ? { status: 204 } : { status: 200, body };
}

function refusal(error: unknown, log: (line: string) => void): Reply {
  if (error instanceof ControlError) {
    const { status, message, field } = error;
    return { status, body: { error: message, ...(field === undefined ? {} : { field }) } };
  }
  log(`The control API failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
}

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' });
  outgoing.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size <= BODY_LIMIT) chunks.push(bytes);
  }
  if (size > BODY_LIMIT) throw new ControlError(413, 'The body is larger than 8 MB.');
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'The body is not JSON.', '');
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
}

function decode(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    throw new ControlError(400, 'The path is not properly encoded.', '');
  }
}
