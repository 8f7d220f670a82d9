/**
 * What Resource Manager answers about resources that are not data factories, for who looks before anything is done:
 * the caller's subscriptions, the vaults and topics it may read, and its own permissions.
 */
import { sameId } from '../../../src/domain/values/sameId.js';
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import type { Vault } from '../keyVault/secret.js';
import * as answers from './answers.js';
import type { RoleAssignments } from './roles.js';
import { isRetired, VAULT_API_VERSIONS } from './vaultVersions.js';

export interface LookupPeers {
  readonly roles: RoleAssignments;
  readonly vaults: () => readonly Vault[];
  /** Resource ids of custom topics. */
  readonly topics: () => readonly string[];
  /** Subscriptions with their tenants. */
  readonly subscriptions: () => readonly { readonly id: string; readonly tenantId: string }[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Caller {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenantId: string;
}

export type LookupOperation = 'subscriptions.list' | 'resources.list' | 'vaults.get' | 'permissions.list';

interface Lookup {
  readonly operation: LookupOperation;
  readonly apiVersions: readonly string[];
  readonly match: RegExp;
}

const READ_VAULT = 'Microsoft.KeyVault/vaults/read';
const VAULT_TYPE = 'Microsoft.KeyVault/vaults';
const TOPIC_TYPE = 'Microsoft.EventGrid/topics';

const LOOKUPS: readonly Lookup[] = [
  { operation: 'subscriptions.list', apiVersions: ['2022-12-01'], match: /^\/subscriptions$/i },
  {
    operation: 'resources.list',
    apiVersions: ['2015-11-01', '2021-04-01'],
    match: /^\/subscriptions\/(?<subscription>[^/]+)\/resources$/i,
  },
  {
    operation: 'permissions.list',
    apiVersions: ['2022-04-01'],
    match: /^(?<scope>\/subscriptions\/.+)\/providers\/microsoft\.authorization\/permissions$/i,
  },
  {
    operation: 'vaults.get',
    apiVersions: VAULT_API_VERSIONS,
    match:
      /^(?<scope>\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.keyvault\/vaults\/[^/]+)$/i,
  },
];

/** Which look-up a request is; `undefined`: none. */
export function lookupOf({ method, url }: ServiceRequest): LookupOperation | undefined {
  return method === 'GET' ? find(url)?.operation : undefined;
}

/** Answers a look-up; `undefined` where the request is none. */
export function look(
  request: ServiceRequest,
  caller: Caller,
  { roles, vaults, topics, subscriptions, now }: LookupPeers,
): ServiceResponse | undefined {
  if (lookupOf(request) === undefined) return undefined;
  const found = find(request.url);
  if (found === undefined) return undefined;
  const version = request.url.searchParams.get('api-version');
  const supported =
    found.operation === 'vaults.get'
      ? found.apiVersions.filter((one) => !isRetired(one, now()))
      : found.apiVersions;
  if (version === null || !supported.includes(version)) return answers.wrongVersion(version, supported);
  const { scope = '', subscription = '' } = found.groups;
  switch (found.operation) {
    case 'subscriptions.list':
      return listed(
        subscriptions()
          .filter(({ tenantId }) => sameId(tenantId, caller.tenantId))
          .map(({ id }) => ({ id: `/subscriptions/${id}`, subscriptionId: id, state: 'Enabled' })),
      );
    case 'resources.list': {
      const wanted = /^resourceType eq '([^']+)'$/i.exec(request.url.searchParams.get('$filter') ?? '')?.[1];
      const of = `/subscriptions/${subscription}/`.toLowerCase();
      // A list of resources shows what the caller may read and refuses nothing.
      const resources = [
        ...vaults().map(({ resourceId: id }) => ({ id, type: VAULT_TYPE })),
        ...topics().map((id) => ({ id, type: TOPIC_TYPE })),
      ];
      return listed(
        resources
          .filter(({ id }) => id.toLowerCase().startsWith(of))
          .filter(({ type }) => wanted === undefined || sameId(wanted, type))
          .filter(({ id, type }) => roles.allows(caller.clientId, `${type}/read`, id))
          .map((resource) => ({ ...resource, name: resource.id.split('/').at(-1), tags: {} })),
      );
    }
    case 'permissions.list': {
      const action = 'Microsoft.Authorization/permissions/read';
      if (!roles.allows(caller.clientId, action, scope)) return answers.unauthorized(caller, action, scope);
      return listed(
        roles
          .held(caller.clientId, scope)
          .map((held) => ({ ...held, notActions: [], notDataActions: [], condition: null })),
      );
    }
    case 'vaults.get': {
      if (!roles.allows(caller.clientId, READ_VAULT, scope)) {
        return answers.unauthorized(caller, READ_VAULT, scope);
      }
      const vault = vaults().find(({ resourceId }) => sameId(resourceId, scope));
      if (vault !== undefined) return { status: 200, body: vaultBody(vault) };
      const [name = '', , , , group = ''] = scope.split('/').reverse();
      return answers.notFound(VAULT_TYPE, name, group);
    }
  }
}

/** A vault as Resource Manager shows it: settings, no contents. */
function vaultBody(vault: Vault): object {
  const { name, resourceId: id, location, tenantId, host, blocked, addresses, rbac } = vault;
  const closed = blocked.length > 0 || addresses.length > 0;
  return {
    id,
    name,
    type: VAULT_TYPE,
    location,
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId,
      accessPolicies: [],
      enableRbacAuthorization: rbac,
      enableSoftDelete: true,
      vaultUri: `https://${host}/`,
      provisioningState: 'Succeeded',
      publicNetworkAccess: 'Enabled',
      networkAcls: {
        bypass: 'AzureServices',
        defaultAction: closed ? 'Deny' : 'Allow',
        ipRules: addresses.map((value) => ({ value })),
        virtualNetworkRules: [],
      },
    },
  };
}

function find(url: URL) {
  const path = url.pathname.replace(/\/+$/, '');
  for (const lookup of LOOKUPS) {
    const match = lookup.match.exec(path);
    if (match) return { ...lookup, groups: (match.groups ?? {}) as Readonly<Record<string, string>> };
  }
  return undefined;
}

function listed(value: readonly object[]): ServiceResponse {
  return { status: 200, body: { value } };
}
