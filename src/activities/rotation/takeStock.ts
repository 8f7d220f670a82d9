import type { CallFailure } from '../../domain/callResult.js';
import type { Credential } from '../../domain/profile.js';
import { KEY_ID_TAG } from '../../domain/rotation/pending.js';
import type { CredentialStock } from '../../domain/rotation/stock.js';
import { moveOneSeconds, moveSeconds, windowSeconds } from '../../domain/rotation/timing.js';
import { sameId } from '../../domain/sameId.js';
import type { Steps } from '../../domain/steps.js';
import type { Azure } from '../azure.js';
import type { ActivityDeps } from '../deps.js';
import { credentialNamed, holdCredential } from '../held.js';

type Step = Steps['takeStock'];

/** Reads what directory and vault hold of a credential. Writes nothing. */
export async function takeStock(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const stock = await stockOf(azure, credential);
  if ('kind' in stock) return stock;
  const profiles = configuration.profiles.filter((profile) => profile.credential.name === credential.name);
  return {
    kind: 'stocked',
    stock,
    settings: credential.rotation,
    moveSeconds: moveSeconds(profiles),
    moveOneSeconds: moveOneSeconds(profiles),
    windowSeconds: windowSeconds(profiles, input.now),
  };
}

async function stockOf(azure: Azure, credential: Credential): Promise<CredentialStock | CallFailure> {
  const held = await holdCredential(azure, credential);
  if (held.kind !== 'held') return held;
  const listed = await azure.vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return listed;
  const ids = { tenantId: credential.tenantId, clientId: credential.clientId };
  const current = listed.versions.find(({ version }) => version === held.version.secretVersion);
  if (!current) {
    // Tags say which keys the app minted: without them an old key would be taken for somebody else's, and stay.
    const { vault, name } = credential.secret;
    return { kind: 'retry', message: `the list of versions of ${name} in ${vault} lacks the one just read` };
  }
  // Of another key: two commits at once leave two versions of one.
  const previous = listed.versions.find(
    ({ version, enabled, createdAt, tags }) =>
      enabled &&
      createdAt <= current.createdAt &&
      !sameId(tags[KEY_ID_TAG] ?? version, held.version.credentialId),
  );
  const directory =
    credential.rotation.strategy === 'graph' ? await azure.graph.keys(credential.clientId) : undefined;
  if (directory && directory.kind !== 'listed') return directory;
  return {
    current: { ...held.version, tagged: current.tags[KEY_ID_TAG] !== undefined, since: current.createdAt },
    ...(previous
      ? {
          previous: {
            ...ids,
            credentialId: previous.tags[KEY_ID_TAG] ?? previous.version,
            secretVersion: previous.version,
            ...(previous.expiresOn ? { expiresOn: previous.expiresOn } : {}),
          },
        }
      : {}),
    ...(directory ? { keys: directory.keys } : {}),
  };
}
