/** Vaults, their secrets and the versions of these, as stored. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const VERSION = z.object({
  version: z.string(),
  value: z.string(),
  contentType: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  enabled: z.boolean(),
  /** Epoch seconds, as all times of a vault. */
  nbf: z.number().nullable(),
  exp: z.number().nullable(),
  created: z.number(),
  updated: z.number(),
  /** Whether the event was raised, or will never be. */
  nearExpiryTold: z.boolean(),
  expiredTold: z.boolean(),
});
export type SecretVersion = z.infer<typeof VERSION>;

const SECRET = z.object({
  /** As first spelled; vaults compare names without case. */
  name: z.string(),
  /** Oldest first; the last one is current, even when it is disabled. */
  versions: z.array(VERSION),
  /** Epoch seconds of a soft deletion. */
  deletedAt: z.number().nullable(),
  /** A deletion or a recovery that is still under way, and when it ends, in epoch seconds. */
  changing: z
    .object({ to: z.enum(['deleted', 'recovered']), until: z.number() })
    .nullable()
    .default(null),
});
export type StoredSecret = z.infer<typeof SECRET>;

export const VAULT = z.object({
  name: z.string(),
  host: z.string(),
  tenantId: z.string(),
  /** Azure resource id of the vault. */
  resourceId: z.string(),
  location: z.string(),
  /** Client ids whose network the firewall keeps out; `*` is everybody. */
  blocked: z.array(z.string()),
  /** Addresses that the firewall lets in, as Resource Manager shows them. */
  addresses: z.array(z.string()).default([]),
  /** Roles decide; false: access policies do, and there are none. */
  rbac: z.boolean().default(true),
  /** How long a deletion or a recovery takes. */
  changeSeconds: z.number().nonnegative().default(0),
  secrets: z.array(SECRET),
});
export type Vault = z.infer<typeof VAULT>;

export const RECOVERABLE_DAYS = 90;
const NEAR_EXPIRY_SECONDS = 30 * 24 * 3600;

export interface SecretInput {
  readonly value: string;
  readonly contentType?: string | null | undefined;
  readonly tags?: Record<string, string> | undefined;
  readonly enabled?: boolean | undefined;
  readonly nbf?: number | null | undefined;
  readonly exp?: number | null | undefined;
}

export function newVersion(input: SecretInput, now: number): SecretVersion {
  const version: SecretVersion = {
    version: randomBytes(16).toString('hex'),
    value: input.value,
    contentType: input.contentType ?? null,
    tags: input.tags ?? {},
    enabled: input.enabled ?? true,
    nbf: input.nbf ?? null,
    exp: null,
    created: now,
    updated: now,
    nearExpiryTold: false,
    expiredTold: false,
  };
  setExpiry(version, input.exp ?? null, now);
  return version;
}

/** Sets the expiry. Events are only raised for moments that are still to come. */
export function setExpiry(version: SecretVersion, exp: number | null, now: number): void {
  version.exp = exp;
  version.nearExpiryTold = exp === null || exp - NEAR_EXPIRY_SECONDS <= now;
  version.expiredTold = exp === null || exp <= now;
}

/** The expiry event that comes next for this version, with its time in epoch seconds. */
export function nextExpiryEvent(
  version: SecretVersion,
): { change: 'nearExpiry' | 'expired'; at: number } | undefined {
  if (version.exp === null) return undefined;
  if (!version.nearExpiryTold) return { change: 'nearExpiry', at: version.exp - NEAR_EXPIRY_SECONDS };
  return version.expiredTold ? undefined : { change: 'expired', at: version.exp };
}

export function findSecret(vault: Vault, name: string): StoredSecret | undefined {
  return vault.secrets.find((secret) => secret.name.toLowerCase() === name.toLowerCase());
}

export function currentVersion(secret: StoredSecret): SecretVersion | undefined {
  return secret.versions.at(-1);
}
