import type { DataFactoryManagementClient } from '@azure/arm-datafactory';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { type ServiceError, serviceError } from '../../azure/failures.js';
import { CLIENT_OPTIONS, deadline } from '../../azure/identity.js';
import type { Cloud } from '../../domain/configuration/clouds.js';
import { parseJson } from '../../domain/values/json.js';

/** The SDK's clients, one for each subscription, and calls through their pipeline. */
export class ArmClient {
  readonly #clients = new Map<string, Promise<DataFactoryManagementClient>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly identity: () => Promise<TokenCredential>,
  ) {}

  /** The SDK's own client of a subscription. */
  of(subscription: string): Promise<DataFactoryManagementClient> {
    const known = this.#clients.get(subscription);
    if (known) return known;
    const made = Promise.all([import('@azure/arm-datafactory'), this.identity()]).then(
      ([{ DataFactoryManagementClient: Client }, identity]) =>
        new Client(identity, subscription, {
          ...CLIENT_OPTIONS,
          endpoint: this.cloud.resourceManager,
          credentialScopes: [this.cloud.resourceManagerScope],
        }),
    );
    this.#clients.set(subscription, made);
    return made;
  }

  /**
   * One call through the SDK's pipeline, its body as it goes over the wire: the SDK's own model of a runtime has no type
   * Airflow, drops members that it does not know, and holds numbers as doubles.
   */
  async send(subscription: string, { method, path, body, headers = {} }: RawCall): Promise<PipelineResponse> {
    const [client, { createHttpHeaders, createPipelineRequest }] = await Promise.all([
      this.of(subscription),
      import('@azure/core-rest-pipeline'),
    ]);
    return client.sendRequest(
      createPipelineRequest({
        method,
        url: `${this.cloud.resourceManager}${path}?api-version=2018-06-01`,
        headers: createHttpHeaders({
          accept: 'application/json',
          'content-type': 'application/json',
          ...headers,
        }),
        ...(body === undefined ? {} : { body }),
        abortSignal: deadline(),
      }),
    );
  }
}

interface RawCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an answer that is no success says. */
export function errorOf(answer: PipelineResponse): ServiceError {
  const parsedBody = parseJson(answer.bodyAsText ?? '');
  return serviceError({ statusCode: answer.status, response: { headers: answer.headers, parsedBody } });
}
