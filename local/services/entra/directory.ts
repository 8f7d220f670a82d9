/**
 * The directory: tenants, applications with their client secrets, and the principals that tokens are issued to.
 * Entra's token endpoint, the managed-identity endpoint and Microsoft Graph all stand on this one state.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Kernel } from '../../kernel/types.js';
import { traceOf } from '../trace.js';
import type { Directory as DirectoryPort } from '../types.js';
import { applicationUnknown, type Refusal, secretExpired, secretInvalid, tenantUnknown } from './aadsts.js';
import { issueToken, readToken, type TokenClaims } from './tokens.js';

const PASSWORD = z.object({
  keyId: z.string(),
  displayName: z.string().nullable(),
  startDateTime: z.string(),
  endDateTime: z.string(),
  hint: z.string(),
  value: z.string(),
  /** When it was added and, if so, removed: milliseconds on the local cloud's clock. */
  addedAt: z.number(),
  removedAt: z.number().nullable(),
});

const APPLICATION = z.object({
  tenantId: z.string(),
  clientId: z.string(),
  objectId: z.string(),
  displayName: z.string(),
  passwordCredentials: z.array(PASSWORD),
});

const PRINCIPAL = z.object({
  tenantId: z.string(),
  clientId: z.string(),
  objectId: z.string(),
  displayName: z.string(),
  kind: z.enum(['application', 'managedIdentity', 'user']),
});

export const GRAPH_PERMISSION = z.enum([
  'Application.ReadWrite.OwnedBy',
  'Application.ReadWrite.All',
  'Application.Read.All',
]);

export const LIFETIME_POLICY = z
  .object({ maxDays: z.number(), excess: z.enum(['refuse', 'shorten']) })
  .nullable();

const STATE = z.object({
  signingKey: z.string(),
  tenants: z.array(z.string()),
  applications: z.array(APPLICATION),
  principals: z.array(PRINCIPAL),
  propagation: z.object({ seconds: z.number(), flapping: z.boolean() }),
  /** How long Microsoft Graph's reads lag behind its writes. */
  readLagSeconds: z.number().default(0),
  /** Client ids of principals with what they may do in Microsoft Graph. */
  graphPermissions: z.array(z.object({ principal: z.string(), permission: GRAPH_PERMISSION })).default([]),
  /** Owners of applications, both by client id. */
  owners: z.array(z.object({ application: z.string(), principal: z.string() })).default([]),
  /** Longest life of a client secret, and what happens to a request for more. */
  lifetimePolicy: LIFETIME_POLICY.default(null),
});

export type GraphPermission = z.infer<typeof GRAPH_PERMISSION>;
export type LifetimePolicy = State['lifetimePolicy'];
export type Application = z.infer<typeof APPLICATION>;
export type PasswordCredential = z.infer<typeof PASSWORD>;
export type Principal = z.infer<typeof PRINCIPAL>;
type State = z.infer<typeof STATE>;

/** How long a change of an application's secrets takes to reach the token endpoint; off at first. */
export type Propagation = State['propagation'];

export interface NewPassword {
  readonly displayName?: string;
  /** ISO 8601. Default: two years from now, as Microsoft Graph does. */
  readonly endDateTime?: string;
  readonly startDateTime?: string;
  /** Only for seeding; otherwise the directory makes a random one. */
  readonly value?: string;
}

export interface Directory extends DirectoryPort {
  addTenant(tenantId: string): void;
  /** Registers an application and its service principal. Ids that are not given are made. */
  addApplication(application: {
    tenantId: string;
    displayName: string;
    clientId?: string;
    objectId?: string;
  }): Application;
  /** Registers a principal without an application: a managed identity, or a person. */
  addPrincipal(
    principal: Omit<Principal, 'clientId' | 'objectId'> & { clientId?: string; objectId?: string },
  ): Principal;
  /** The password with its value, which the directory hands out only here. `undefined`: no such application. */
  addPassword(clientId: string, password?: NewPassword): PasswordCredential | undefined;
  /**
   * Whether there was such a key.
   *
   * @param by client id of who removed it, for the ledger
   */
  removePassword(clientId: string, keyId: string, by?: string): boolean;
  application(clientId: string): Application | undefined;
  applications(): readonly Application[];
  principal(clientId: string): Principal | undefined;
  knowsTenant(tenantId: string): boolean;
  setPropagation(propagation: Propagation): void;
  /** How long reads of Microsoft Graph show an application's secrets as they were before a change. */
  setReadLag(seconds: number): void;
  setLifetimePolicy(policy: LifetimePolicy): void;
  /** The end date that the policy leaves of the one asked for; absent: no policy and nothing asked for. */
  cappedEnd(asked: string | undefined): string | 'refused' | undefined;
  /** The secrets of an application as reads show them now. */
  listedPasswords(clientId: string): readonly PasswordCredential[];
  grantGraph(principal: string, permission: GraphPermission): void;
  revokeGraph(principal: string, permission?: GraphPermission): void;
  addOwner(application: string, principal: string): void;
  removeOwner(application: string, principal: string): void;
  ownersOf(application: string): readonly Principal[];
  /** Whether Microsoft Graph lets a principal read applications, or change this one. */
  mayUseGraph(principal: string, change: boolean, application: string): boolean;
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

const DAY_MS = 24 * 3600 * 1000;
const TWO_YEARS_MS = 730 * DAY_MS;
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

  const inspect: Directory['inspect'] = (authorization, audiences) => {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    const claims = token === undefined ? undefined : readToken(state.signingKey, token);
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

  return {
    judge,
    application,
    applications: () => state.applications,
    principal,
    knowsTenant,
    inspect,
    addPrincipal,

    addTenant(tenantId) {
      if (!knowsTenant(tenantId)) state.tenants.push(tenantId);
      kernel.changed();
    },

    addApplication({ tenantId, displayName, clientId = randomUUID(), objectId = randomUUID() }) {
      const added: Application = { tenantId, displayName, clientId, objectId, passwordCredentials: [] };
      state.applications.push(added);
      addPrincipal({ tenantId, displayName, clientId, kind: 'application' });
      return added;
    },

    addPassword(clientId, password = {}) {
      const app = application(clientId);
      if (app === undefined) return undefined;
      const now = kernel.clock.now();
      const value = password.value ?? randomBytes(30).toString('base64url');
      const added: PasswordCredential = {
        keyId: randomUUID(),
        displayName: password.displayName ?? null,
        startDateTime: password.startDateTime ?? new Date(now).toISOString(),
        endDateTime: password.endDateTime ?? new Date(now + TWO_YEARS_MS).toISOString(),
        hint: value.slice(0, 3),
        value,
        addedAt: now,
        removedAt: null,
      };
      app.passwordCredentials.push(added);
      kernel.ledger.record({
        service: 'directory',
        operation: 'password.added',
        subject: added.keyId,
        detail: {
          application: app.clientId,
          displayName: added.displayName,
          endDateTime: added.endDateTime,
          trace: traceOf(value),
        },
      });
      kernel.changed();
      return added;
    },

    removePassword(clientId, keyId, by) {
      const password = application(clientId)?.passwordCredentials.find(
        (candidate) => same(candidate.keyId, keyId) && candidate.removedAt === null,
      );
      if (password === undefined) return false;
      password.removedAt = kernel.clock.now();
      const detail = { trace: traceOf(password.value), ...(by === undefined ? {} : { by }) };
      kernel.ledger.record({
        service: 'directory',
        operation: 'password.removed',
        subject: password.keyId,
        detail,
      });
      kernel.changed();
      return true;
    },

    setPropagation(propagation) {
      state.propagation = { ...propagation };
      kernel.changed();
    },

    setReadLag(seconds) {
      state.readLagSeconds = seconds;
      kernel.changed();
    },

    setLifetimePolicy(policy) {
      state.lifetimePolicy = policy;
      kernel.changed();
    },

    cappedEnd(asked) {
      const { lifetimePolicy } = state;
      if (lifetimePolicy === null) return asked;
      const latest = kernel.clock.now() + lifetimePolicy.maxDays * DAY_MS;
      const wanted = asked === undefined ? kernel.clock.now() + TWO_YEARS_MS : Date.parse(asked);
      if (wanted <= latest) return asked;
      return lifetimePolicy.excess === 'refuse' ? 'refused' : new Date(latest).toISOString();
    },

    listedPasswords(clientId) {
      const lag = state.readLagSeconds * 1000;
      const shown = kernel.clock.now() - lag;
      return (application(clientId)?.passwordCredentials ?? []).filter(
        ({ addedAt, removedAt }) =>
          (lag === 0 || addedAt <= shown) && (removedAt === null || (lag > 0 && removedAt > shown)),
      );
    },

    grantGraph(clientId, permission) {
      state.graphPermissions.push({ principal: clientId, permission });
      kernel.changed();
    },

    revokeGraph(clientId, permission) {
      state.graphPermissions = state.graphPermissions.filter(
        (one) =>
          !same(one.principal, clientId) || (permission !== undefined && one.permission !== permission),
      );
      kernel.changed();
    },

    addOwner(clientId, owner) {
      state.owners.push({ application: clientId, principal: owner });
      kernel.changed();
    },

    removeOwner(clientId, owner) {
      state.owners = state.owners.filter(
        (one) => !same(one.application, clientId) || !same(one.principal, owner),
      );
      kernel.changed();
    },

    ownersOf: (clientId) =>
      state.owners
        .filter((one) => same(one.application, clientId))
        .flatMap((one) => principal(one.principal) ?? []),

    mayUseGraph(clientId, change, target) {
      const holds = (permission: GraphPermission) =>
        state.graphPermissions.some((one) => same(one.principal, clientId) && one.permission === permission);
      if (holds('Application.ReadWrite.All')) return true;
      if (!change) return holds('Application.Read.All') || holds('Application.ReadWrite.OwnedBy');
      const owns = state.owners.some((one) => same(one.application, target) && same(one.principal, clientId));
      return owns && holds('Application.ReadWrite.OwnedBy');
    },

    issue(clientId, audience, lifetime = TOKEN_SECONDS) {
      const found = principal(clientId);
      if (found === undefined) return undefined;
      const now = Date.now();
      const token = issueToken(state.signingKey, { ...found, audience }, lifetime, now);
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
    },
  };
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function sameAudience(left: string, right: string): boolean {
  return same(left.replace(/\/+$/, ''), right.replace(/\/+$/, ''));
}
