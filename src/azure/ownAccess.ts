import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../domain/configuration/clouds.js';
import type { VaultSettings } from '../domain/preflight/addresses.js';
import type { RolePermissions } from '../domain/preflight/rolePermissions.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { refused, serviceError, transientFailure } from './failures.js';
import { RestClient } from './rest.js';
import { readClaims, type TokenClaims } from './tokenClaims.js';

const MOST_PAGES = 20;

type Answered<T> = ({ readonly kind: 'answered' } & T) | CallFailure;

/** What Resource Manager and the tokens tell the app about its own access. Reads only. */
export class OwnAccess {
  readonly #rest: RestClient;

  constructor(
    private readonly cloud: Cloud,
    private readonly identity: () => Promise<TokenCredential>,
  ) {
    this.#rest = new RestClient(identity, cloud.resourceManagerScope);
  }

  /** Who the app is for Resource Manager, or for Microsoft Graph. */
  async claims(of: 'resourceManager' | 'graph'): Promise<Answered<{ readonly claims: TokenClaims }>> {
    try {
      const scope = of === 'graph' ? this.cloud.graphScope : this.cloud.resourceManagerScope;
      return { kind: 'answered', claims: await readClaims(await this.identity(), scope) };
    } catch (error) {
      return refused(
        'identityUnavailable',
        `The identity gives no token (${serviceError(error).name}).`,
        'In Azure give the app a managed identity (AIRLOCK_IDENTITY_CLIENT_ID for a user-assigned one); elsewhere sign in: az login.',
      );
    }
  }

  /**
   * What the caller's roles allow on a resource, an entry for each role
   * (https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource, which needs
   * `Microsoft.Authorization/permissions/read` and lists data actions too).
   */
  async permissions(scope: string): Promise<Answered<{ readonly granted: readonly RolePermissions[] }>> {
    const path = `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
    const listed = await this.#list(path, `listing the own permissions on ${scope}`);
    return listed.kind === 'answered'
      ? { kind: 'answered', granted: listed.items.map(rolePermissions) }
      : listed;
  }

  /**
   * The vault of this URI, as Resource Manager shows it: looked for by name among the vaults that the caller may read
   * (https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list), in every subscription that it sees.
   */
  async vault(uri: string): Promise<Answered<{ readonly vault?: VaultSettings }>> {
    const found = await this.#find('Microsoft.KeyVault/vaults', uri);
    if (found.kind !== 'answered' || found.id === undefined) return found;
    return this.#vaultSettings(found.id);
  }

  /** Resource id of the custom topic of this URL, looked for in the same way. */
  topic(url: string): Promise<Answered<{ readonly id?: string }>> {
    return this.#find('Microsoft.EventGrid/topics', url);
  }

  /** The resource whose name is the first label of a host: such names are unique in a cloud or region. */
  async #find(type: string, url: string): Promise<Answered<{ readonly id?: string }>> {
    const name = new URL(url).hostname.split('.')[0] ?? '';
    const filter = encodeURIComponent(`resourceType eq '${type}'`);
    const subscriptions = await this.#list('/subscriptions?api-version=2022-12-01', 'listing subscriptions');
    if (subscriptions.kind !== 'answered') return subscriptions;
    for (const { subscriptionId } of subscriptions.items) {
      const path = `/subscriptions/${subscriptionId}/resources?$filter=${filter}&api-version=2015-11-01`;
      const resources = await this.#list(path, `listing ${type} of ${subscriptionId}`);
      if (resources.kind !== 'answered') return resources;
      const found = resources.items.find((one) => String(one['name']).toLowerCase() === name.toLowerCase());
      if (typeof found?.['id'] === 'string') return { kind: 'answered', id: found['id'] };
    }
    return { kind: 'answered' };
  }

  async #vaultSettings(id: string): Promise<Answered<{ readonly vault?: VaultSettings }>> {
    const read = await this.#get(`${id}?api-version=2026-02-01`, `reading the vault ${id}`);
    if (read.kind !== 'answered') return read;
    const properties = object(object(read.body)['properties']);
    const acls = object(properties['networkAcls']);
    const rules = Array.isArray(acls['ipRules']) ? acls['ipRules'] : [];
    return {
      kind: 'answered',
      vault: {
        id,
        usesRoles: properties['enableRbacAuthorization'] === true,
        network: {
          closed: isClosed(properties['publicNetworkAccess']),
          filtered: String(acls['defaultAction']).toLowerCase() === 'deny',
          ranges: rules.flatMap((rule) => {
            const { value } = object(rule);
            return typeof value === 'string' ? [value] : [];
          }),
        },
      },
    };
  }

  async #list(
    path: string,
    what: string,
  ): Promise<Answered<{ readonly items: readonly Record<string, unknown>[] }>> {
    const items: Record<string, unknown>[] = [];
    let next: string | undefined = path;
    for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
      const answer: Answered<{ readonly body: unknown }> = await this.#get(next, what);
      if (answer.kind !== 'answered') return answer;
      const { value, nextLink } = object(answer.body);
      if (Array.isArray(value)) items.push(...value.map(object));
      // A page elsewhere is none of Resource Manager's: the token goes there only.
      const own = typeof nextLink === 'string' && nextLink.startsWith(`${this.cloud.resourceManager}/`);
      next = own ? nextLink.slice(this.cloud.resourceManager.length) : undefined;
    }
    return { kind: 'answered', items };
  }

  async #get(path: string, what: string): Promise<Answered<{ readonly body: unknown }>> {
    try {
      const answer = await this.#rest.send('GET', `${this.cloud.resourceManager}${path}`);
      if (answer.status === 200) return { kind: 'answered', body: answer.body };
      return lookupFailure(answer.failure, what);
    } catch (error) {
      return lookupFailure(error, what);
    }
  }
}

function lookupFailure(error: unknown, what: string): CallFailure {
  const failure = serviceError(error);
  return (
    transientFailure(failure, what) ??
    refused(
      'lookupRefused',
      `Resource Manager refuses ${what} (${failure.status ?? '?'} ${failure.code ?? ''}).`,
      'Grant what the row of that permission says.',
    )
  );
}

/** A free text of the service's: `Disabled` in any case, and `SecuredByPerimeter`, which lets nobody in from outside. */
function isClosed(publicNetworkAccess: unknown): boolean {
  const access = typeof publicNetworkAccess === 'string' ? publicNetworkAccess.toLowerCase() : '';
  return access === 'disabled' || access === 'securedbyperimeter';
}

function rolePermissions(entry: Record<string, unknown>): RolePermissions {
  const texts = (name: string): readonly string[] => {
    const value = entry[name];
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  };
  return {
    actions: texts('actions'),
    notActions: texts('notActions'),
    dataActions: texts('dataActions'),
    notDataActions: texts('notDataActions'),
  };
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
