/** What the directory stores: tenants, applications with their client secrets, principals, permissions in Microsoft Graph. */
import { z } from 'zod';

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
  'AppRoleAssignment.ReadWrite.All',
]);

export const LIFETIME_POLICY = z
  .object({ maxDays: z.number(), excess: z.enum(['refuse', 'shorten']) })
  .nullable();

export const STATE = z.object({
  signingKey: z.string(),
  tenants: z.array(z.string()),
  applications: z.array(APPLICATION),
  principals: z.array(PRINCIPAL),
  propagation: z.object({ seconds: z.number(), flapping: z.boolean() }),
  /** How long Microsoft Graph's reads lag behind its writes. */
  readLagSeconds: z.number().default(0),
  /** Key ids that Microsoft Graph's reads do not list before a moment, in milliseconds on the local cloud's clock. */
  hidden: z.record(z.string(), z.number()).default({}),
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
export type State = z.infer<typeof STATE>;

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
