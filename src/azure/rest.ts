import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import { boundedClient } from './boundedClient.js';
import { CLIENT_OPTIONS, deadline } from './identity.js';

export interface RestAnswer {
  readonly status: number;
  /** Parsed JSON; an empty object where the body is none. */
  readonly body: unknown;
  /** As `serviceError` reads it. */
  readonly failure: { readonly statusCode: number; readonly response: object };
}

/** Calls a service of Azure that has no SDK here, with the app's own identity, through the SDKs' own pipeline. */
export class RestClient {
  #pipeline: Promise<Pipeline> | undefined;

  constructor(
    private readonly identity: () => Promise<TokenCredential>,
    private readonly scope: string,
  ) {}

  /** Every answer is returned, whatever its status; throws what the connection or the identity throws. */
  async send(method: 'GET' | 'POST', url: string, body?: object): Promise<RestAnswer> {
    const { createHttpHeaders, createPipelineRequest } = await import('@azure/core-rest-pipeline');
    this.#pipeline ??= this.#connect();
    const pipeline = await this.#pipeline;
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
      ...(body ? { body: JSON.stringify(body) } : {}),
      abortSignal: deadline(),
    });
    const answer = await pipeline.sendRequest(boundedClient, request);
    const parsed = json(answer);
    return {
      status: answer.status,
      body: parsed,
      failure: { statusCode: answer.status, response: { ...answer, parsedBody: parsed } },
    };
  }

  async #connect(): Promise<Pipeline> {
    const [{ bearerTokenAuthenticationPolicy, createPipelineFromOptions }, credential] = await Promise.all([
      import('@azure/core-rest-pipeline'),
      this.identity(),
    ]);
    const pipeline = createPipelineFromOptions({ ...CLIENT_OPTIONS });
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: this.scope }));
    return pipeline;
  }
}

function json({ bodyAsText }: PipelineResponse): unknown {
  try {
    return bodyAsText ? JSON.parse(bodyAsText) : {};
  } catch {
    return {};
  }
}
