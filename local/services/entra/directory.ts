/**
 * The directory: tenants, applications with their client secrets, and the principals that tokens are issued to.
 * Entra's token endpoint, the managed-identity endpoint and Microsoft Graph all stand on this one state.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Kernel } from '../../kernel/types.js';
import type { Directory as DirectoryPort } from '../types.js';
import { applicationUnknown, type Refusal, secretExpired, secretInvalid, tenantUnknown } from './aadsts.js';
import { GRAPH_AUDIENCES } from './audiences.js';
import { same } from './compare.js';
import {
  type Application,
  type LifetimePolicy,
  type PasswordCredential,
  type Principal,
  type Propagation,
  STATE,
  type State,
} from './directoryState.js';
import { createGraphAccess, type GraphAccess } from './graphAccess.js';
import { createPasswords, type Passwords } from './passwords.js';
import { issueToken, readToken, type TokenClaims } from './tokens.js';

export interface Directory extends DirectoryPort, Passwords, GraphAccess {
  addTenant(tenantId: string): void;
  /** Registers an application and its service principal. Ids that are not given are made. */
  addApplication(application: {
    tenantId: string;
    displayName: string;
    clientId?: string;
    objectId?: string;
    /** Object id of the service principal. */
    servicePrincipalId?: string;
  }): Application;
  /** Registers a principal without an application: a managed identity, or a person. */
  addPrincipal(
    principal: Omit<Principal, 'clientId' | 'objectId'> & { clientId?: string; objectId?: string },
  ): Principal;
  application(clientId: string): Application | undefined;
  applications(): readonly Application[];
  principal(clientId: string): Principal | undefined;
  /** The one of this object id. */
  servicePrincipal(objectId: string): Principal | undefined;
  knowsTenant(tenantId: string): boolean;
  setPropagation(propagation: Propagation): void;
  /** How long reads of Microsoft Graph show an application's secrets as they were before a change. */
  setReadLag(seconds: number): void;
  /**
   * For so many seconds reads of Microsoft Graph do not list these client secrets: a replica that is behind answers.
   */
  hidePasswords(keyIds: readonly string[], seconds: number): void;
  setLifetimePolicy(policy: LifetimePolicy): void;
  /** What the token endpoint says to a client secret; `undefined` where it accepts it. */
  judge(tenantId: string, clientId: string, secret: string): Refusal | undefined;
  /** A bearer token for a principal; `undefined` where there is none of that id. `lifetime` in seconds. */
  issue(
    clientId: string,
    audience: string,
    lifetime?: number,
  ): { token: string; expiresAt: number } | undefined;
  /** All that a valid, unexpired bearer token says, if it is for one of the audiences. */
  inspect(authorization: string | undefined, audiences: readonly string[]): TokenClaims | undefined;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** Of more nobody needs to know what was read. */
const MOST_TOKENS_READ = 1000;

/** Entra's own access tokens live 60 to 90 minutes. */
export const TOKEN_SECONDS = 3599;

export function createDirectory(kernel: Kernel): Directory {
  let state: State = {
    signingKey: randomBytes(32).toString('hex'),
    tenants: [],
    applications: [],
    principals: [],
    propagation: { seconds: 0, flapping: false },
    readLagSeconds: 0,
    hidden: {},
    graphPermissions: [],
    owners: [],
    lifetimePolicy: null,
  };
  let asked = 0;

  const application = (clientId: string) =>
    state.applications.find((candidate) => same(candidate.clientId, clientId));
  const principal = (clientId: string) =>
    state.principals.find((candidate) => same(candidate.clientId, clientId));
  const knowsTenant = (tenantId: string) => state.tenants.some((tenant) => same(tenant, tenantId));

  /** Whether the token endpoint sees a secret now: changes reach it late, and while they spread, unevenly. */
  const visible = (password: PasswordCredential): boolean => {
    const changedAt = password.removedAt ?? password.addedAt;
    const settled = kernel.clock.now() >= changedAt + state.propagation.seconds * 1000;
    const present = password.removedAt === null;
    if (settled) return present;
    return state.propagation.flapping && asked % 2 === 0 ? present : !present;
  };

  let tokensRead = { key: state.signingKey, claims: new Map<string, TokenClaims>() };
  /** As it was read the first time: a client sends the same one with each call. */
  const read = (token: string): TokenClaims | undefined => {
    if (tokensRead.key !== state.signingKey || tokensRead.claims.size >= MOST_TOKENS_READ) {
      tokensRead = { key: state.signingKey, claims: new Map() };
    }
    const known = tokensRead.claims.get(token) ?? readToken(state.signingKey, token);
    if (known !== undefined) tokensRead.claims.set(token, known);
    return known;
  };

  const inspect: Directory['inspect'] = (authorization, audiences) => {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    const claims = token === undefined ? undefined : read(token);
    if (claims === undefined || claims.expiresAt * 1000 <= Date.now()) return undefined;
    return audiences.some((one) => sameAudience(one, claims.audience)) ? claims : undefined;
  };

  const judge = (tenantId: string, clientId: string, secret: string): Refusal | undefined => {
    if (!knowsTenant(tenantId)) return tenantUnknown(tenantId);
    const app = application(clientId);
    if (app === undefined || !same(app.tenantId, tenantId)) return applicationUnknown(clientId, tenantId);
    asked += 1;
    const password = app.passwordCredentials.find(
      (candidate) => candidate.value === secret && visible(candidate),
    );
    if (password === undefined) return secretInvalid(clientId);
    const now = kernel.clock.now();
    if (now >= Date.parse(password.endDateTime)) return secretExpired(clientId);
    return now < Date.parse(password.startDateTime) ? secretInvalid(clientId) : undefined;
  };

  const addPrincipal: Directory['addPrincipal'] = (given) => {
    const added: Principal = {
      ...given,
      clientId: given.clientId ?? randomUUID(),
      objectId: given.objectId ?? randomUUID(),
    };
    if (!knowsTenant(given.tenantId)) state.tenants.push(given.tenantId);
    state.principals.push(added);
    kernel.changed();
    return added;
  };

  const graphAccess = createGraphAccess(kernel, () => state, principal);

  return {
    ...createPasswords(kernel, () => state, application),
    ...graphAccess,
    judge,
    application,
    applications: () => state.applications,
    principal,
    servicePrincipal: (objectId) => state.principals.find((candidate) => same(candidate.objectId, objectId)),
    knowsTenant,
    inspect,
    addPrincipal,

    addTenant(tenantId) {
      if (!knowsTenant(tenantId)) state.tenants.push(tenantId);
      kernel.changed();
    },

    addApplication({
      tenantId,
      displayName,
      clientId = randomUUID(),
      objectId = randomUUID(),
      servicePrincipalId = randomUUID(),
    }) {
      const added: Application = { tenantId, displayName, clientId, objectId, passwordCredentials: [] };
      state.applications.push(added);
      addPrincipal({ tenantId, displayName, clientId, objectId: servicePrincipalId, kind: 'application' });
      return added;
    },

    setPropagation(propagation) {
      state.propagation = { ...propagation };
      kernel.changed();
    },

    setReadLag(seconds) {
      state.readLagSeconds = seconds;
      kernel.changed();
    },

    hidePasswords(keyIds, seconds) {
      const until = kernel.clock.now() + seconds * 1000;
      for (const keyId of keyIds) state.hidden[keyId.toLowerCase()] = until;
      kernel.changed();
    },

    setLifetimePolicy(policy) {
      state.lifetimePolicy = policy;
      kernel.changed();
    },

    issue(clientId, audience, lifetime = TOKEN_SECONDS) {
      const found = principal(clientId);
      if (found === undefined) return undefined;
      const now = Date.now();
      // Microsoft Graph's tokens tell the application permissions that were granted, others do not.
      const roles = GRAPH_AUDIENCES.some((one) => sameAudience(one, audience))
        ? graphAccess.graphPermissionsOf(clientId)
        : [];
      const token = issueToken(state.signingKey, { ...found, audience, roles }, lifetime, now);
      return { token, expiresAt: Math.floor(now / 1000) + lifetime };
    },

    verify(authorization, audience) {
      const claims = inspect(authorization, typeof audience === 'string' ? [audience] : audience);
      return claims && { clientId: claims.clientId, tenantId: claims.tenantId };
    },

    acceptsClientSecret(tenantId, clientId, secret) {
      const refusal = judge(tenantId, clientId, secret);
      return refusal === undefined
        ? { accepted: true }
        : { accepted: false, code: `AADSTS${refusal.code}`, message: refusal.message };
    },

    snapshot: () => structuredClone(state),
    restore(saved) {
      state = STATE.parse(saved);
      for (const { clientId, passwordCredentials } of state.applications) {
        for (const { value } of passwordCredentials)
          kernel.secrets.guard(`client secret of ${clientId}`, value);
      }
    },
  };
}

function sameAudience(left: string, right: string): boolean {
  return same(left.replace(/\/+$/, ''), right.replace(/\/+$/, ''));
}
