import type { DataFactoryManagementClient } from '@azure/arm-datafactory';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { refused, retry, type ServiceError, serviceError } from '../../azure/failures.js';
import { CLIENT_OPTIONS, deadline } from '../../azure/identity.js';
import type { Cloud } from '../../domain/configuration/clouds.js';
import type { DagImport, RuntimePattern } from '../../domain/configuration/profile.js';
import { globMatches } from '../../domain/configuration/profileMatching.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseExactly,
  parseJson,
  withoutMembers,
} from '../../domain/values/json.js';
import {
  displayRuntime,
  factoryIdOf,
  formatRuntimeId,
  parseRuntimeId,
  type RuntimeId,
} from '../../domain/values/runtimeId.js';
import type {
  AirflowRuntimes,
  ListedRuntime,
  ListedRuntimes,
  ReadRuntime,
  UnreadRuntime,
  WriteRuntime,
} from '../port.js';
import { armFailure } from './armFailure.js';

/** Runtimes of Data Factory's Workflow Orchestration Manager, through Azure Resource Manager. */
export class DataFactoryRuntimes implements AirflowRuntimes {
  readonly #clients = new Map<string, Promise<DataFactoryManagementClient>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly identity: () => Promise<TokenCredential>,
  ) {}

  async read(id: RuntimeId): Promise<ReadRuntime | CallFailure> {
    const what = `reading ${displayRuntime(id)}`;
    const action = 'Microsoft.DataFactory/factories/integrationRuntimes/read';
    try {
      const answer = await this.#send(id, { method: 'GET', path: runtimePath(id) });
      if (answer.status === 404) return { kind: 'missing' };
      if (answer.status !== 200) return armFailure(errorOf(answer), what, action, id);
      const parsed = parseExactly(answer.bodyAsText ?? '');
      const body = isJsonObject(parsed) ? parsed : {};
      // The description has it in the body, as a member that may be missing.
      const etag = (typeof body.etag === 'string' && body.etag) || answer.headers.get('etag') || '';
      return { kind: 'found', body: withoutMembers(body, ['etag']), etag };
    } catch (error) {
      return armFailure(serviceError(error), what, action, id);
    }
  }

  async write(id: RuntimeId, body: JsonObject, etag: string): Promise<WriteRuntime | CallFailure> {
    const what = `writing ${displayRuntime(id)}`;
    const action = 'Microsoft.DataFactory/factories/integrationRuntimes/write';
    if (etag === '') return withoutEtag(id);
    try {
      const answer = await this.#send(id, {
        method: 'PUT',
        path: runtimePath(id),
        body: JSON.stringify(body),
        headers: { 'if-match': etag },
      });
      // Described is 200 alone; taken is taken, and what comes next reads again anyway.
      if (answer.status >= 200 && answer.status < 300) return { kind: 'written' };
      if (answer.status === 412) return { kind: 'changedMeanwhile' };
      if (answer.status === 404) return { kind: 'missing' };
      return armFailure(errorOf(answer), what, action, id);
    } catch (error) {
      return armFailure(serviceError(error), what, action, id);
    }
  }

  async list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure> {
    const runtimes: ListedRuntime[] = [];
    let action = 'Microsoft.DataFactory/factories/read';
    try {
      const client = await this.#client(pattern.subscription);
      const factories = await this.#factories(client, pattern);
      const unread: UnreadRuntime[] = [...factories.unread];
      const whole: string[] = [];
      action = 'Microsoft.DataFactory/factories/integrationRuntimes/read';
      for (const place of factories.found) {
        const listed = await this.#runtimesOf(client, place);
        if (listed.kind !== 'listed') return listed;
        runtimes.push(...listed.runtimes);
        unread.push(...listed.unread);
        whole.push(...listed.factories);
      }
      return { kind: 'listed', runtimes, unread, factories: whole };
    } catch (error) {
      const scope = { ...pattern, name: '*' };
      return armFailure(serviceError(error), 'listing runtimes', action, scope);
    }
  }

  async factories(
    pattern: RuntimePattern,
  ): Promise<{ readonly kind: 'listed'; readonly ids: readonly string[] } | CallFailure> {
    try {
      const { found } = await this.#factories(await this.#client(pattern.subscription), pattern);
      const { subscription } = pattern;
      return { kind: 'listed', ids: found.map((place) => factoryIdOf({ subscription, ...place })) };
    } catch (error) {
      const scope = { ...pattern, name: '*' };
      return armFailure(
        serviceError(error),
        'listing factories',
        'Microsoft.DataFactory/factories/read',
        scope,
      );
    }
  }

  /**
   * The runtimes of one factory. That a factory is gone, and its runtimes with it, is believed only where two calls
   * say so: a key is removed once nobody is seen to have it.
   */
  async #runtimesOf(
    client: DataFactoryManagementClient,
    { resourceGroup, factory }: FactoryPlace,
  ): Promise<ListedRuntimes | CallFailure> {
    const runtimes: ListedRuntime[] = [];
    const unread: UnreadRuntime[] = [];
    try {
      const pages = client.integrationRuntimes.listByFactory(resourceGroup, factory, {
        abortSignal: deadline(),
      });
      for await (const runtime of pages) {
        // Of what the SDK's model promises, nothing is certain.
        const body = isJsonObject(runtime as unknown) ? (runtime as unknown as JsonObject) : {};
        const { id: text, name, properties } = body;
        const id = parseRuntimeId(typeof text === 'string' ? text : '');
        const type = isJsonObject(properties) && typeof properties.type === 'string' ? properties.type : '';
        if (id) runtimes.push({ id, type, body });
        else unread.push({ id: shownId(text ?? `${resourceGroup}/${factory}/${String(name)}`), body });
      }
      const factories = [factoryIdOf({ subscription: client.subscriptionId ?? '', resourceGroup, factory })];
      return { kind: 'listed', runtimes, unread, factories };
    } catch (error) {
      if (serviceError(error).status !== 404) throw error;
    }
    try {
      await client.factories.get(resourceGroup, factory, { abortSignal: deadline() });
    } catch (error) {
      const failure = serviceError(error);
      if (failure.status === 404) return { kind: 'listed', runtimes: [], unread: [], factories: [] };
      const action = 'Microsoft.DataFactory/factories/read';
      const scope = { subscription: client.subscriptionId ?? '', resourceGroup, factory, name: '*' };
      return armFailure(failure, 'reading a factory', action, scope);
    }
    return retry(`the factory ${factory} is there, and listing its runtimes says it is not (404)`);
  }

  async importDags(id: RuntimeId, source: DagImport): Promise<{ readonly kind: 'accepted' } | CallFailure> {
    const what = `importing DAGs into ${displayRuntime(id)}`;
    const action = 'Microsoft.DataFactory/factories/airflow/sync/action';
    try {
      const answer = await this.#send(id, {
        method: 'POST',
        path: `${runtimePath(id).split('/integrationRuntimes/')[0] ?? ''}/airflow/sync`,
        body: JSON.stringify({
          IntegrationRuntimeName: id.name,
          LinkedServiceName: source.linkedService,
          StorageFolderPath: source.folderPath,
          CopyFolderStructure: true,
          Overwrite: true,
          AddRequirementsFromFile: false,
        }),
      });
      // The documentation's table says 200, its sample 202.
      if (answer.status === 200 || answer.status === 202) return { kind: 'accepted' };
      return armFailure(errorOf(answer), what, action, id);
    } catch (error) {
      return armFailure(serviceError(error), what, action, id);
    }
  }

  /** The factories that a pattern matches. One that is named in full needs no permission to list others. */
  async #factories(
    client: DataFactoryManagementClient,
    { resourceGroup, factory }: RuntimePattern,
  ): Promise<{ readonly found: readonly FactoryPlace[]; readonly unread: readonly UnreadRuntime[] }> {
    const named = !resourceGroup.includes('*');
    if (named && !factory.includes('*')) return { found: [{ resourceGroup, factory }], unread: [] };
    const found: FactoryPlace[] = [];
    const unread: UnreadRuntime[] = [];
    const listed = named
      ? client.factories.listByResourceGroup(resourceGroup, { abortSignal: deadline() })
      : client.factories.list({ abortSignal: deadline() });
    for await (const { id } of listed) {
      const [, group, name] =
        /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)\/.*\/factories\/([^/]+)$/i.exec(id ?? '') ?? [];
      if (group === undefined || name === undefined) unread.push({ id: shownId(id ?? null) });
      else if (globMatches(resourceGroup, group) && globMatches(factory, name)) {
        found.push({ resourceGroup: group, factory: name });
      }
    }
    return { found, unread };
  }

  /**
   * One call through the SDK's pipeline, its body as it goes over the wire: the SDK's own model of a runtime has no type
   * Airflow, drops members that it does not know, and holds numbers as doubles.
   */
  async #send(
    { subscription }: RuntimeId,
    { method, path, body, headers = {} }: RawCall,
  ): Promise<PipelineResponse> {
    const [client, { createHttpHeaders, createPipelineRequest }] = await Promise.all([
      this.#client(subscription),
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

  #client(subscription: string): Promise<DataFactoryManagementClient> {
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
}

interface RawCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Resource groups may be named in any script. */
function runtimePath(id: RuntimeId): string {
  return formatRuntimeId(id).split('/').map(encodeURIComponent).join('/');
}

function errorOf(answer: PipelineResponse): ServiceError {
  const parsedBody = parseJson(answer.bodyAsText ?? '');
  return serviceError({ statusCode: answer.status, response: { headers: answer.headers, parsedBody } });
}

/** An id that follows no rule, for people: short, and never a line of its own. */
function shownId(id: Json): string {
  return String(id).slice(0, 300).replace(/\p{C}/gu, '?');
}

interface FactoryPlace {
  readonly resourceGroup: string;
  readonly factory: string;
}

/** An empty `If-Match` is no condition: somebody else's change could be written over. */
function withoutEtag(id: RuntimeId): CallFailure {
  const name = displayRuntime(id);
  return refused(
    'etagMissing',
    `Resource Manager gives no ETag for ${name}, neither in the body nor in a header: a write could not be bound to what was read, and was not made.`,
    'Start the run again; where it stays so, set the runtime up by hand in Data Factory Studio and report it.',
  );
}
