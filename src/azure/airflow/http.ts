import type { HttpHeaders, Pipeline } from '@azure/core-rest-pipeline';
import { type Json, parseJson } from '../../domain/values/json.js';
import { boundedClient } from '../boundedClient.js';
import { deadline } from '../identity.js';

/** More than any answer that the check needs; an untrusted web server must not fill the memory. */
const MAX_BODY = 256 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Parsed JSON; `undefined` where the body is none or too large. */
  readonly json: Json | undefined;
}

let shared: Promise<Pipeline> | undefined;

/**
 * One pipeline of Azure's own for all Airflows: it honours `HTTPS_PROXY` on every Node version. No redirect policy: a
 * redirect must not carry a token to a host that nobody named. No retry policy: orchestrations retry, durably.
 */
function sharedPipeline(): Promise<Pipeline> {
  shared ??= import('@azure/core-rest-pipeline').then(({ createEmptyPipeline, proxyPolicy }) => {
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(proxyPolicy());
    return pipeline;
  });
  return shared;
}

/** Sends one request. Throws what the connection throws; every answer, whatever its status, is returned. */
export async function send(
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: Json,
): Promise<Answer> {
  const { createHttpHeaders, createPipelineRequest } = await import('@azure/core-rest-pipeline');
  const request = createPipelineRequest({
    method,
    url,
    headers: createHttpHeaders({
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    abortSignal: deadline(),
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
  });
  const pipeline = await sharedPipeline();
  const response = await pipeline.sendRequest(boundedClient, request);
  const text = await bounded(response.readableStreamBody);
  return {
    status: response.status,
    headers: response.headers,
    json: text === undefined ? undefined : parseJson(text),
  };
}

async function bounded(stream: NodeJS.ReadableStream | undefined): Promise<string | undefined> {
  if (!stream) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > MAX_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
