import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { REQUEST_TIMEOUT_MS } from './timeout.js';

const TIMED_OUT = 'ETIMEDOUT';

/**
 * What sends the requests of every SDK. The SDKs know no deadline for some of them: the library of identities hands on no
 * signal of its caller (so an endpoint of managed identities that hangs would hang its activity for ever), and `timeout` of a
 * request ends where its headers have come. Here each request has one, to the last byte of its answer.
 */
class BoundedClient implements HttpClient {
  #inner: Promise<HttpClient> | undefined;

  /** @throws an error with the code `ETIMEDOUT` where there is no whole answer in time */
  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    this.#inner ??= import('@azure/core-rest-pipeline').then((pipeline) =>
      pipeline.createDefaultHttpClient(),
    );
    const inner = await this.#inner;
    const given = request.abortSignal;
    const signal = AbortSignal.any([
      AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(given instanceof AbortSignal ? [given] : []),
    ]);
    // A body that is unpacked on its way does not end with its connection: the signal ends the wait for it.
    const over = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(timedOut());
      signal.addEventListener('abort', () => reject(timedOut()), { once: true });
    });
    request.abortSignal = signal;
    return Promise.race([over, inner.sendRequest(request)]);
  }
}

function timedOut(): Error {
  return Object.assign(new Error(`There was no answer within ${REQUEST_TIMEOUT_MS / 1000} seconds.`), {
    name: 'AbortError',
    code: TIMED_OUT,
  });
}

/** One for the whole process: connections are kept and shared. */
export const boundedClient: HttpClient = new BoundedClient();
