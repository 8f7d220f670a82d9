/** What each operation on a vault does, once the caller has been let through. */
import { z } from 'zod';
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import * as answers from './answers.js';
import type { Route } from './routes.js';
import {
  currentVersion,
  findSecret,
  newVersion,
  type SecretInput,
  type SecretVersion,
  type StoredSecret,
  setExpiry,
  type Vault,
} from './secret.js';

const ATTRIBUTES = z.object({
  enabled: z.boolean().nullish(),
  nbf: z.number().int().nullish(),
  exp: z.number().int().nullish(),
});
const TAGS = z.record(z.string(), z.string()).nullish();
const UPDATE = z.object({ contentType: z.string().nullish(), attributes: ATTRIBUTES.nullish(), tags: TAGS });
const SET = UPDATE.extend({ value: z.string() });

const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const LONGEST_VALUE = 25 * 1024;
const MOST_TAGS = 15;
const PAGE = 25;

export interface VaultCall {
  readonly vault: Vault;
  readonly route: Route;
  readonly request: ServiceRequest;
  /** Epoch seconds on the local cloud's clock. */
  readonly now: number;
  /** Called after a secret got a version, and after anything else changed. */
  readonly changed: (secret: StoredSecret, added?: SecretVersion) => void;
}

/** Carries out a call. */
export function operate(call: VaultCall): ServiceResponse {
  const { vault, route } = call;
  if (route.operation === 'secrets.list') {
    const items = vault.secrets.filter((secret) => secret.deletedAt === null);
    return page(call, items, (secret) => item(vault, secret));
  }
  if (route.operation === 'deletedSecrets.list') {
    const items = vault.secrets.filter((secret) => secret.deletedAt !== null);
    return page(call, items, (secret) => answers.deletedBundle(vault, secret, { versionless: true }));
  }
  if (!NAME.test(route.name)) {
    return answers.badParameter(`The request URI contains an invalid name: ${route.name}`);
  }
  const found = findSecret(vault, route.name);
  const meanwhile = found === undefined ? undefined : changing(call, found);
  if (meanwhile !== undefined) return meanwhile;
  if (route.operation === 'secrets.set') {
    return found !== undefined && found.deletedAt !== null
      ? answers.deletedButRecoverable(found.name)
      : set(call, found);
  }
  const wantsDeleted = route.operation.startsWith('deletedSecrets.');
  if (found === undefined || (found.deletedAt !== null) !== wantsDeleted) {
    return answers.secretNotFound(route.name);
  }
  return wantsDeleted ? onDeleted(call, found) : onSecret(call, found);
}

/** Adds a version to a secret, which is made where there is none. */
export function addVersion(vault: Vault, name: string, input: SecretInput, now: number): StoredSecret {
  const secret = findSecret(vault, name) ?? { name, versions: [], deletedAt: null, changing: null };
  if (secret.versions.length === 0) vault.secrets.push(secret);
  secret.versions.push(newVersion(input, now));
  return secret;
}

/** Begins a deletion or a recovery, which takes the vault's time. */
export function change(vault: Vault, secret: StoredSecret, to: 'deleted' | 'recovered', now: number): void {
  secret.deletedAt = to === 'deleted' ? now : null;
  secret.changing = { to, until: now + vault.changeSeconds };
}

/**
 * The answer to a call that meets a deletion or a recovery under way, if it does: who reads finds nothing, who writes is told
 * to come again.
 */
function changing({ route, now }: VaultCall, secret: StoredSecret): ServiceResponse | undefined {
  if (secret.changing === null || now >= secret.changing.until) return undefined;
  const reads = ['secrets.get', 'secrets.listVersions', 'deletedSecrets.get'].includes(route.operation);
  return reads ? answers.secretNotFound(secret.name) : answers.being(secret.changing.to, secret.name);
}

function onSecret(call: VaultCall, secret: StoredSecret): ServiceResponse {
  const { vault, route, now } = call;
  switch (route.operation) {
    case 'secrets.listVersions':
      return page(call, secret.versions, (version) => answers.bundle(vault, secret, version));
    case 'secrets.delete':
      change(vault, secret, 'deleted', now);
      call.changed(secret);
      return { status: 200, body: answers.deletedBundle(vault, secret) };
    case 'secrets.update':
      return update(call, secret);
    default: {
      const version = versionOf(secret, route.version);
      if (version === undefined) return answers.secretNotFound(`${route.name}/${route.version}`);
      if (!version.enabled) return answers.secretDisabled('get');
      return { status: 200, body: answers.bundle(vault, secret, version, { value: true }) };
    }
  }
}

function onDeleted(call: VaultCall, secret: StoredSecret): ServiceResponse {
  const { vault, route } = call;
  if (route.operation === 'deletedSecrets.get') {
    return { status: 200, body: answers.deletedBundle(vault, secret) };
  }
  if (route.operation === 'deletedSecrets.purge') {
    vault.secrets = vault.secrets.filter((other) => other !== secret);
    call.changed(secret);
    return { status: 204 };
  }
  change(vault, secret, 'recovered', call.now);
  call.changed(secret);
  return { status: 200, body: item(vault, secret) };
}

function set(call: VaultCall, found: StoredSecret | undefined): ServiceResponse {
  const parsed = SET.safeParse(json(call.request.body));
  if (!parsed.success) return answers.badParameter('The property value is required, and has to be a text.');
  const { value, contentType, attributes, tags } = parsed.data;
  const wrong = complaint(value, tags);
  if (wrong !== undefined) return answers.badParameter(wrong);
  const input: SecretInput = {
    value,
    contentType,
    tags: tags ?? undefined,
    enabled: attributes?.enabled ?? undefined,
    nbf: attributes?.nbf,
    exp: attributes?.exp,
  };
  const secret = addVersion(call.vault, found?.name ?? call.route.name, input, call.now);
  const added = currentVersion(secret);
  call.changed(secret, added);
  return {
    status: 200,
    body: added === undefined ? {} : answers.bundle(call.vault, secret, added, { value: true }),
  };
}

function update(call: VaultCall, secret: StoredSecret): ServiceResponse {
  const { vault, route, request, now } = call;
  const parsed = UPDATE.safeParse(json(request.body));
  if (!parsed.success) return answers.badParameter('The body is no update of a secret.');
  const version = versionOf(secret, route.version);
  if (version === undefined) return answers.secretNotFound(`${route.name}/${route.version}`);
  const { contentType, attributes, tags } = parsed.data;
  const wrong = complaint('', tags);
  if (wrong !== undefined) return answers.badParameter(wrong);
  if (contentType !== undefined) version.contentType = contentType;
  if (tags !== undefined && tags !== null) version.tags = tags;
  if (typeof attributes?.enabled === 'boolean') version.enabled = attributes.enabled;
  if (attributes?.nbf !== undefined) version.nbf = attributes.nbf;
  if (attributes?.exp !== undefined) setExpiry(version, attributes.exp, now);
  version.updated = now;
  call.changed(secret);
  return { status: 200, body: answers.bundle(vault, secret, version) };
}

/** A secret in a list: its current version's properties under an id without version. */
function item(vault: Vault, secret: StoredSecret): Record<string, unknown> {
  const version = currentVersion(secret);
  return version === undefined ? {} : answers.bundle(vault, secret, version, { versionless: true });
}

function page<T>(
  { request }: VaultCall,
  items: readonly T[],
  show: (item: T) => Record<string, unknown>,
): ServiceResponse {
  const { searchParams } = request.url;
  const start = Number(searchParams.get('$skiptoken') ?? 0);
  const size = Number(searchParams.get('maxresults') ?? PAGE);
  if (!Number.isSafeInteger(size) || size < 1 || size > PAGE || !Number.isSafeInteger(start) || start < 0) {
    return answers.badParameter(`maxresults has to be between 1 and ${PAGE}, $skiptoken one that was given.`);
  }
  const next = new URL(request.url.href);
  next.searchParams.set('$skiptoken', String(start + size));
  next.searchParams.set('maxresults', String(size));
  return {
    status: 200,
    body: {
      value: items.slice(start, start + size).map(show),
      nextLink: start + size < items.length ? next.href : null,
    },
  };
}

function versionOf(secret: StoredSecret, version: string): SecretVersion | undefined {
  return version === '' ? currentVersion(secret) : secret.versions.find((one) => one.version === version);
}

function complaint(value: string, tags: Record<string, string> | null | undefined): string | undefined {
  if (Buffer.byteLength(value) > LONGEST_VALUE) return `The value is longer than ${LONGEST_VALUE} bytes.`;
  return Object.keys(tags ?? {}).length > MOST_TAGS ? `There are more than ${MOST_TAGS} tags.` : undefined;
}

function json(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
