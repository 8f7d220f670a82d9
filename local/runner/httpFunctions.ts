/** HTTP functions under `/api`, with routes and keys as the host has them. */
import { lenientlyDecoded } from '../net/escapes.js';
import type { RegisteredFunction, RpcHttp } from './coreTypes.js';
import type { Invoker } from './invoke.js';
import type { HostAnswer, HostRequest } from './server.js';

interface Route {
  readonly registered: RegisteredFunction;
  readonly segments: readonly string[];
  readonly methods: readonly string[];
  readonly authLevel: string;
}

export class HttpFunctions {
  readonly #routes: Route[] = [];

  constructor(
    functions: Iterable<RegisteredFunction>,
    private readonly invoker: Invoker,
    private readonly functionKey: string,
    settings: Readonly<Record<string, string | undefined>>,
  ) {
    for (const registered of functions) {
      for (const binding of Object.values(registered.metadata.bindings)) {
        if (binding.type !== 'httpTrigger') continue;
        this.#routes.push({
          registered,
          segments: resolveSettings(binding.route ?? registered.metadata.name, settings).split('/'),
          methods: (binding.methods ?? ['GET', 'POST']).map((method) => method.toUpperCase()),
          authLevel: (binding.authLevel ?? 'anonymous').toLowerCase(),
        });
      }
    }
    // A fixed segment wins over a parameter, wherever the functions were registered.
    this.#routes.sort((a, b) => parameters(a) - parameters(b));
  }

  /** Answers a request whose path is under `/api/`; 404 where no route fits, 401 without the key. */
  async answer(request: HostRequest): Promise<HostAnswer> {
    const parts = request.url.pathname.replace(/^\/api\//, '').split('/');
    const fitting = this.#routes.filter((route) => match(route.segments, parts));
    const route = fitting.find(({ methods }) => methods.includes(request.method));
    if (!route) return { status: 404 };
    const key = request.headers['x-functions-key'] ?? request.url.searchParams.get('code') ?? undefined;
    if (route.authLevel !== 'anonymous' && key !== this.functionKey) return { status: 401 };
    const http: RpcHttp = {
      url: request.url.href,
      method: request.method,
      headers: request.headers,
      query: Object.fromEntries(request.url.searchParams),
      params: match(route.segments, parts) ?? {},
      // The host passes on what has a length; a body in chunks does not arrive, unless the app takes streams.
      body: { bytes: request.headers['content-length'] === undefined ? Buffer.alloc(0) : request.body },
    };
    const { returnValue } = await this.invoker.invoke(route.registered, { http });
    const answer = returnValue?.http;
    if (!answer) return { status: 204 };
    const { body } = answer;
    return {
      status: Number(answer.statusCode ?? 200),
      headers: answer.headers ?? {},
      body: body?.bytes ? Buffer.from(body.bytes) : (body?.string ?? ''),
    };
  }
}

/** `%NAME%` in a route or schedule is an app setting. */
export function resolveSettings(
  text: string,
  settings: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined)
      throw new Error(`The app setting ${name}, which a function's binding names, is not set.`);
    return value;
  });
}

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    const parameter = /^\{(\w+)\??\}$/.exec(segment)?.[1];
    if (parameter !== undefined && part !== '') found[parameter] = lenientlyDecoded(part);
    else if (segment.toLowerCase() !== part.toLowerCase()) return undefined;
  }
  return found;
}

function parameters({ segments }: Route): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}
