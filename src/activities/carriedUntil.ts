import type { Credential } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { isRefusedSecret } from '../domain/rotation/due.js';
import { KEY_ID_TAG } from '../domain/rotation/pending.js';
import type { SuppliedCredential } from '../domain/settings/suppliedCredential.js';
import { sameId } from '../domain/values/sameId.js';
import type { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';
import { readCredential } from './readCredential.js';

/**
 * Until when the credential works that a runtime has, in ms; 0: Entra refuses it. `undefined`: it has none of this
 * application, or nobody can tell. The value is asked about where it can be read, in the runtime or in the vault.
 */
export async function carriedUntil(
  azure: Azure,
  credential: Credential,
  { clientId, clientSecret, marker }: SuppliedCredential,
): Promise<number | undefined | CallFailure> {
  if (!sameId(credential.clientId, clientId)) return undefined;
  const listed = await azure.vaults.versions(credential.secret);
  if (listed.kind === 'retry') return listed;
  const versions = listed.kind === 'listed' ? listed.versions : [];
  const matching = versions.filter(({ tags, version }) => sameId(tags[KEY_ID_TAG] ?? version, marker));
  const info = matching.find(({ enabled }) => enabled) ?? matching[0];
  const value =
    clientSecret.kind === 'readable'
      ? clientSecret.value
      : info?.enabled
        ? await valueInVault(azure, credential, { id: marker ?? '', version: info.version })
        : undefined;
  if (value && 'kind' in value) return value;
  if (value) {
    const { tenantId } = credential;
    const proven = await azure.entra.proveClientSecret({
      tenantId,
      clientId: credential.clientId,
      secret: value,
    });
    if (isRefusedSecret(proven)) return 0;
  }
  return info?.expiresOn === undefined ? undefined : Date.parse(info.expiresOn);
}

async function valueInVault(
  azure: Azure,
  credential: Credential,
  { id, version }: { readonly id: string; readonly version: string },
): Promise<Secret | CallFailure | undefined> {
  const { tenantId, clientId } = credential;
  const read = await readCredential(azure, credential, {
    tenantId,
    clientId,
    credentialId: id,
    secretVersion: version,
  });
  if (read.kind === 'retry') return read;
  return read.kind === 'read' ? read.value : undefined;
}
