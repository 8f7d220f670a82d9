import type { SecretVersionInfo } from '../../azure/keyVault.js';
import type { IssuedKey } from '../../credentials/issuer.js';
import type { Credential } from '../../domain/configuration/credential.js';
import { isRefusedSecret } from '../../domain/rotation/due.js';
import type { KnownVersion } from '../../domain/rotation/inventory.js';
import { FOUND_KEY_TAG, KEY_ID_TAG } from '../../domain/rotation/pending.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Secret } from '../../domain/values/secret.js';
import type { Azure } from '../azure.js';

/** What directory and vault tell of a credential. */
export interface Sources {
  readonly credential: Credential;
  /** Every version of the secret. */
  readonly versions: readonly SecretVersionInfo[];
  /** Keys of the application; absent: the directory was not asked. */
  readonly keys?: readonly IssuedKey[];
}

/**
 * What is known of a version of the secret. Where the directory does not tell its key or its end, Entra is asked whether
 * it accepts the value; the value itself stays here.
 *
 * @param credentialId under which runtimes have it
 * @param value absent: it cannot be read
 */
export async function knownVersion(
  azure: Azure,
  sources: Sources,
  info: SecretVersionInfo,
  credentialId: string,
  value: Secret | undefined,
): Promise<KnownVersion> {
  const { credential, versions, keys } = sources;
  const tagged = versions.some(({ tags }) => sameId(credentialId, tags[KEY_ID_TAG]));
  const recorded = tagged ? undefined : info.tags[FOUND_KEY_TAG];
  const keyId = tagged ? credentialId : recorded;
  const listed = keys?.some((key) => sameId(key.keyId, keyId)) === true;
  const unclear = keys ? !listed : info.expiresOn === undefined;
  const accepted = value && unclear ? await isAccepted(azure, credential, value) : undefined;
  const candidates = keys && value && keyId === undefined ? candidatesOf(sources, info, value) : [];
  const [only, ...others] = candidates;
  const found = recorded ?? (others.length === 0 ? only : undefined);
  return {
    clientId: credential.clientId,
    tenantId: credential.tenantId,
    credentialId,
    secretVersion: info.version,
    ...(info.expiresOn ? { expiresOn: info.expiresOn } : {}),
    tagged,
    since: info.createdAt,
    ...(found === undefined
      ? {}
      : { found: { keyId: found, recorded: recorded !== undefined && info.expiresOn !== undefined } }),
    ...(others.length > 0 ? { couldBe: candidates } : {}),
    ...(accepted === undefined ? {} : { accepted }),
    ...(info.enabled ? {} : { closed: true }),
  };
}

/** Entra's word on a value; `undefined`: it did not say. */
async function isAccepted(
  azure: Azure,
  { tenantId, clientId }: Credential,
  secret: Secret,
): Promise<boolean | undefined> {
  const proven = await azure.entra.proveClientSecret({ tenantId, clientId, secret });
  if (proven.kind === 'proven') return true;
  return isRefusedSecret(proven) ? false : undefined;
}

/**
 * The keys whose value a version may hold: those with its first characters, or, where the directory shows none of those,
 * those of which it shows no characters. What another version names is that one's.
 */
function candidatesOf({ keys = [], versions }: Sources, info: SecretVersionInfo, value: Secret): string[] {
  const elsewhere = versions
    .filter(({ version }) => version !== info.version)
    .map(({ tags }) => tags[KEY_ID_TAG]);
  const free = keys.filter(({ keyId }) => !elsewhere.some((other) => sameId(keyId, other)));
  const alike = free.filter(({ hint }) => hint !== undefined && value.reveal().startsWith(hint));
  const possible = alike.length > 0 ? alike : free.filter(({ hint }) => hint === undefined);
  return possible.map(({ keyId }) => keyId);
}
