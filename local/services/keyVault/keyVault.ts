/**
 * Key Vault: the secrets API of any number of vaults, each under its own host name, with role-based access, soft
 * delete and the events of new and expiring versions.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { VAULT_AUDIENCES } from '../entra/audiences.js';
import type { Directory } from '../entra/directory.js';
import type { RoleAssignments } from '../resourceManager/roles.js';
import { traceOf } from '../trace.js';
import type { EventSource, SecretChange, VaultReader } from '../types.js';
import * as answers from './answers.js';
import { createExpiryEvents } from './expiry.js';
import { addVersion, change, operate } from './operations.js';
import { routeOf } from './routes.js';
import {
  currentVersion,
  findSecret,
  type SecretInput,
  type SecretVersion,
  type StoredSecret,
  VAULT,
  type Vault,
} from './secret.js';

const API_VERSIONS = [
  '2016-10-01',
  '7.0',
  '7.1',
  '7.2',
  '7.3',
  '7.4',
  '7.5',
  '7.6',
  '2025-07-01',
  '2026-04-01',
];
const GET_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

interface NewVault {
  readonly name: string;
  readonly tenantId: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly location?: string;
  /** Default: `{name}.vault.azure.net`. */
  readonly host?: string;
}

export interface KeyVaultPeers {
  readonly directory: Directory;
  readonly roles: RoleAssignments;
  readonly events: EventSource;
}

export interface KeyVault extends Service, VaultReader {
  addVault(vault: NewVault): Vault;
  removeVault(host: string): void;
  /** Whether the host name belongs to a vault; other names of the domain do not resolve. */
  knows(host: string): boolean;
  vaults(): readonly Vault[];
  /** Adds a version as a caller with every permission would, event included; returns the version's name. */
  setSecret(host: string, name: string, input: SecretInput): string;
  /** Deletes a secret, which can be recovered. Whether there was one. */
  deleteSecret(host: string, name: string): boolean;
  /** How long deletions and recoveries take. Throws where there is no such vault. */
  setChangeSeconds(host: string, seconds: number): void;
  /**
   * Client ids that the vault's firewall keeps out (`*`: everybody), and the addresses that Resource Manager shows as
   * let in. Throws where there is no such vault.
   */
  setFirewall(host: string, blocked: readonly string[], addresses?: readonly string[]): void;
  /** Whether roles decide, or access policies (of which there are none). Throws where there is no such vault. */
  setAccessModel(host: string, rbac: boolean): void;
}

export function createKeyVault(kernel: Kernel, { directory, roles, events }: KeyVaultPeers): KeyVault {
  let vaults: Vault[] = [];

  const find = (host: string) => vaults.find((vault) => vault.host === host.toLowerCase());
  const existing = (host: string): Vault => {
    const vault = find(host);
    if (vault === undefined) throw new Error(`There is no vault at ${host}.`);
    return vault;
  };
  const now = () => Math.floor(kernel.clock.now() / 1000);
  const isBlocked = ({ blocked }: Vault, clientId: string) =>
    blocked.some((one) => one === '*' || one.toLowerCase() === clientId.toLowerCase());
  const callerOf = ({ headers }: ServiceRequest) =>
    directory.inspect(headers['authorization'], VAULT_AUDIENCES);

  const tell = (vault: Vault, secret: StoredSecret, version: SecretVersion, change: SecretChange['change']) =>
    events.secretChanged({
      change,
      vaultResourceId: vault.resourceId,
      vaultName: vault.name,
      secretId: `https://${vault.host}/secrets/${secret.name}/${version.version}`,
      secretName: secret.name,
      version: version.version,
      notBefore: version.nbf ?? undefined,
      expires: version.exp ?? undefined,
    });

  const guard = (vault: Vault, { name }: StoredSecret, { value }: SecretVersion) =>
    kernel.secrets.guard(`secret ${name} in ${vault.name}`, value);

  const expiry = createExpiryEvents(kernel, () => vaults, tell);

  /** `by`: client id of who changed it; absent: somebody with every permission. */
  const changed = (vault: Vault, by?: string) => (secret: StoredSecret, added?: SecretVersion) => {
    if (added !== undefined) {
      guard(vault, secret, added);
      kernel.ledger.record({
        service: 'vault',
        operation: 'version.added',
        subject: `https://${vault.host}/secrets/${secret.name}/${added.version}`,
        detail: {
          trace: traceOf(added.value),
          exp: added.exp,
          tags: added.tags,
          ...(by === undefined ? {} : { by }),
        },
      });
      tell(vault, secret, added, 'newVersion');
    }
    expiry.plan();
    kernel.changed();
  };

  const answer = (request: ServiceRequest): ServiceResponse => {
    const vault = find(request.host);
    if (vault === undefined) return answers.refusal(502, 'BadGateway', `${request.host} does not resolve.`);
    if (request.headers['authorization'] === undefined) {
      return answers.challenge(vault.tenantId, vault.host, 'missing');
    }
    const caller = callerOf(request);
    if (caller === undefined) return answers.challenge(vault.tenantId, vault.host, 'invalid');
    if (caller.tenantId.toLowerCase() !== vault.tenantId.toLowerCase()) {
      return answers.challenge(vault.tenantId, vault.host, 'issuer');
    }
    const version = request.url.searchParams.get('api-version');
    if (version === null) return answers.badParameter('api-version must be specified');
    if (!API_VERSIONS.includes(version)) {
      return answers.badParameter(
        `The specified version (${version}) is not recognized. Consider using the latest supported version (2026-04-01).`,
      );
    }
    const route = routeOf(request);
    if (route === undefined) {
      return answers.refusal(404, 'NotFound', 'The vault serves no such path, or not with this method.');
    }
    if (isBlocked(vault, caller.clientId)) return answers.forbiddenByFirewall(vault, caller.clientId);
    if (!vault.rbac) return answers.forbiddenByPolicy(vault, caller, route.operation);
    const resourceId = route.name === '' ? vault.resourceId : `${vault.resourceId}/secrets/${route.name}`;
    if (!roles.allowsData(caller.clientId, route.action, resourceId)) {
      return answers.forbiddenByRbac(vault, caller, route.action, resourceId);
    }
    return operate({ vault, route, request, now: now(), changed: changed(vault, caller.clientId) });
  };

  return {
    name: 'vault',
    hosts: ['*.vault.azure.net', '*.vault.usgovcloudapi.net', '*.vault.azure.cn'],

    describe(request) {
      const caller = callerOf(request)?.clientId;
      return {
        operation: routeOf(request)?.operation ?? 'unknown',
        ...(caller === undefined ? {} : { caller }),
        subject: `https://${request.host}${request.url.pathname.replace(/\/+$/, '')}`,
      };
    },

    async handle(request) {
      const response = answer(request);
      const headers = { 'x-ms-request-id': randomUUID(), 'cache-control': 'no-cache', ...response.headers };
      return { ...response, headers };
    },

    readAs(clientId, vaultHost, secretName) {
      const vault = find(vaultHost);
      if (vault === undefined) return { kind: 'unreachable' };
      if (isBlocked(vault, clientId)) return { kind: 'forbidden', reason: 'ForbiddenByFirewall' };
      if (!vault.rbac) return { kind: 'forbidden', reason: 'ForbiddenByPolicy' };
      if (!roles.allowsData(clientId, GET_SECRET, `${vault.resourceId}/secrets/${secretName}`)) {
        return { kind: 'forbidden', reason: 'ForbiddenByRbac' };
      }
      const secret = findSecret(vault, secretName);
      const version = secret === undefined || secret.deletedAt !== null ? undefined : currentVersion(secret);
      if (version === undefined) return { kind: 'missing' };
      if (!version.enabled) return { kind: 'disabled' };
      return { kind: 'found', value: version.value, version: version.version };
    },

    addVault(given) {
      const vault: Vault = {
        name: given.name,
        host: (given.host ?? `${given.name}.vault.azure.net`).toLowerCase(),
        tenantId: given.tenantId,
        resourceId: `/subscriptions/${given.subscription}/resourceGroups/${given.resourceGroup}/providers/Microsoft.KeyVault/vaults/${given.name}`,
        location: given.location ?? 'westeurope',
        blocked: [],
        addresses: [],
        rbac: true,
        changeSeconds: 0,
        secrets: [],
      };
      vaults.push(vault);
      kernel.changed();
      return vault;
    },
    removeVault(host) {
      vaults = vaults.filter((vault) => vault.host !== host.toLowerCase());
      expiry.plan();
      kernel.changed();
    },
    knows: (host) => find(host) !== undefined,
    vaults: () => vaults,
    setSecret(host, name, input) {
      const vault = existing(host);
      const secret = addVersion(vault, name, input, now());
      const added = currentVersion(secret);
      changed(vault)(secret, added);
      return added?.version ?? '';
    },
    deleteSecret(host, name) {
      const vault = existing(host);
      const secret = findSecret(vault, name);
      if (secret === undefined || secret.deletedAt !== null) return false;
      change(vault, secret, 'deleted', now());
      changed(vault)(secret);
      return true;
    },
    setChangeSeconds(host, seconds) {
      existing(host).changeSeconds = seconds;
      kernel.changed();
    },
    setFirewall(host, blocked, addresses = []) {
      const vault = existing(host);
      vault.blocked = [...blocked];
      vault.addresses = [...addresses];
      kernel.changed();
    },
    setAccessModel(host, rbac) {
      existing(host).rbac = rbac;
      kernel.changed();
    },

    snapshot: () => structuredClone(vaults),
    restore(saved) {
      vaults = z.array(VAULT).parse(saved);
      for (const vault of vaults) {
        for (const secret of vault.secrets) {
          for (const version of secret.versions) guard(vault, secret, version);
        }
      }
      expiry.plan();
    },
  };
}
