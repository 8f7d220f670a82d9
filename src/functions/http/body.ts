import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import type { RefusalCode } from '../../domain/problems/catalogue/http.js';
import { bodyErrors, invalid } from './invalid.js';
import { problem } from './problem.js';

const MAX_BODY = 64 * 1024;
const MAX_DEPTH = 16;

export type ReadBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly response: HttpResponseInit };

/**
 * Reads a JSON body of limited size and depth. The Functions host hands on no body without a `Content-Length` unless the
 * app takes streams (`enableHttpStream`), for which it sends every request through a proxy of its own
 * (https://learn.microsoft.com/azure/azure-functions/node-http-stream). For bodies of 64 KB that would be another way
 * through the host for nothing: the caller is told instead.
 */
export async function readJson(request: HttpRequest): Promise<ReadBody> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    return refuse('contentType', 'Send the body as application/json.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY) return tooLarge();
  const text = await request.text();
  if (text === '' && request.headers.get('content-length') === null) {
    const detail = 'Send the body with a Content-Length: one that comes in chunks does not arrive.';
    return refuse('bodyMissing', detail);
  }
  if (Buffer.byteLength(text, 'utf8') > MAX_BODY) return tooLarge();
  if (depthOf(text) > MAX_DEPTH) {
    return refuse('tooDeep', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return refuse('notJson', 'The body could not be parsed as JSON.');
  }
}

/** Reads a JSON body and checks it with a schema: its value, or the response that says what is wrong. */
export async function readBody<T>(
  request: HttpRequest,
  schema: z.ZodType<T>,
): Promise<
  | { readonly kind: 'read'; readonly body: T }
  | { readonly kind: 'refused'; readonly response: HttpResponseInit }
> {
  const read = await readJson(request);
  if (read.kind === 'refused') return read;
  const parsed = schema.safeParse(read.value);
  return parsed.success
    ? { kind: 'read', body: parsed.data }
    : { kind: 'refused', response: invalid(bodyErrors(parsed.error.issues)) };
}

/** Levels of nesting, counted before the text is parsed. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}

function tooLarge(): ReadBody {
  return refuse('tooLarge', `The body may have at most ${MAX_BODY} bytes.`);
}

function refuse(code: RefusalCode, detail: string): ReadBody {
  return { kind: 'refused', response: problem({ code, detail }) };
}
