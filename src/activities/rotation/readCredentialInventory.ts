import type { SecretVersionInfo } from '../../azure/keyVault.js';
import type { RotationStrategies } from '../../credentials/strategy.js';
import type { Activities } from '../../domain/activities/activities.js';
import type { Credential } from '../../domain/configuration/credential.js';
import { isObserved } from '../../domain/configuration/profile.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { CredentialInventory, KnownVersion } from '../../domain/rotation/inventory.js';
import { KEY_ID_TAG } from '../../domain/rotation/pending.js';
import { moveOneSeconds, moveSeconds, windowSeconds } from '../../domain/rotation/timing.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Azure } from '../azure.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps } from '../deps.js';
import { readCredential } from '../readCredential.js';
import { knownVersion, type Sources } from './knownVersion.js';

type Activity = Activities['readCredentialInventory'];

/** Reads what directory and vault hold of a credential. Writes nothing. */
export async function readCredentialInventory(
  input: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, input.credential);
  if ('kind' in credential) return credential;
  const services = { azure: await deps.azure(), strategies: deps.strategies };
  const inventory = await inventoryOf(services, credential, input.carried ?? []);
  if ('kind' in inventory) return inventory;
  const profiles = configuration.profiles.filter((profile) => profile.credential.name === credential.name);
  return {
    kind: 'listed',
    inventory,
    kept: { clientId: credential.clientId, secret: credential.secret },
    settings: credential.rotation,
    ...(isObserved(configuration, credential) ? { observed: true as const } : {}),
    moveSeconds: moveSeconds(profiles),
    moveOneSeconds: moveOneSeconds(profiles),
    windowSeconds: windowSeconds(profiles, input.now),
  };
}

/** What the inventory is read with. */
interface Services {
  readonly azure: Azure;
  readonly strategies: RotationStrategies;
}

/** @param carried credential ids that runtimes have */
export async function inventoryOf(
  { azure, strategies }: Services,
  credential: Credential,
  carried: readonly string[],
): Promise<CredentialInventory | CallFailure> {
  const read = await readCredential(azure, credential);
  if (read.kind !== 'read') return read;
  const listed = await azure.vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return listed;
  const { versions } = listed;
  const { credentialId, secretVersion } = read.version;
  const info = versions.find(({ version }) => version === secretVersion);
  if (!info) {
    // Tags say which keys the app minted: without them an old key would be taken for somebody else's, and stay.
    const { vault, name } = credential.secret;
    return { kind: 'retry', message: `the list of versions of ${name} in ${vault} lacks the one just read` };
  }
  const strategy = strategies.of(credential);
  const issuer = strategy.listsKeys ? await strategy.connect(azure) : undefined;
  const directory = await issuer?.list(credential);
  if (directory && directory.kind !== 'listed') return directory;
  const sources: Sources = { credential, versions, ...(directory ? { keys: directory.keys } : {}) };
  const others: KnownVersion[] = [];
  for (const id of carried.filter((one) => !sameId(one, credentialId))) {
    const known = await knownById(azure, sources, id);
    if (known && 'kind' in known) return known;
    if (known) others.push(known);
  }
  const previous = previousOf(sources, info, credentialId);
  return {
    current: await knownVersion(azure, sources, info, credentialId, read.value),
    ...(others.length > 0 ? { carried: others } : {}),
    ...(previous ? { previous } : {}),
    // The hint is the beginning of a value.
    ...(directory ? { keys: directory.keys.map(({ hint: _, ...key }) => key) } : {}),
  };
}

/** The version that runtimes have under this id: one that can be read, if there is any. */
async function knownById(
  azure: Azure,
  sources: Sources,
  id: string,
): Promise<KnownVersion | CallFailure | undefined> {
  const { credential, versions } = sources;
  const matching = versions.filter((one) => sameId(id, idOf(one)));
  const info = matching.find(({ enabled }) => enabled) ?? matching[0];
  if (!info) return undefined;
  const version: CredentialVersion = {
    clientId: credential.clientId,
    tenantId: credential.tenantId,
    credentialId: id,
    secretVersion: info.version,
  };
  const read = info.enabled ? await readCredential(azure, credential, version) : undefined;
  // One that is not asked about counts as one that works.
  if (read?.kind === 'retry') return read;
  return knownVersion(azure, sources, info, id, read?.kind === 'read' ? read.value : undefined);
}

/** The newest older version of another key that could still be used: two commits at once leave two versions of one. */
function previousOf(
  { credential: { clientId, tenantId }, versions }: Sources,
  current: SecretVersionInfo,
  currentId: string,
): CredentialVersion | undefined {
  const previous = versions.find(
    (one) => one.enabled && one.createdAt <= current.createdAt && !sameId(idOf(one), currentId),
  );
  if (!previous || previous.version === current.version) return undefined;
  return {
    tenantId,
    clientId,
    credentialId: idOf(previous),
    secretVersion: previous.version,
    ...(previous.expiresOn ? { expiresOn: previous.expiresOn } : {}),
  };
}

function idOf({ tags, version }: SecretVersionInfo): string {
  return tags[KEY_ID_TAG] ?? version;
}
