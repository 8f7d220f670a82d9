import type { Activities } from '../../domain/activities/activities.js';
import type { Credential } from '../../domain/configuration/credential.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { credentialRecordKey } from '../../domain/rotation/credentialState.js';
import {
  HUB_TAG,
  KEY_ID_TAG,
  keyLabel,
  minterOf,
  pendingSecret,
  RUN_TAG,
} from '../../domain/rotation/pending.js';
import type { Azure } from '../azure.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { isInRotationPhase } from './rotationPhase.js';

type Activity = Activities['mintCredential'];
type Minted = Extract<Activity['output'], { kind: 'minted' }>;

/**
 * Mints a credential and stores its value in the pending secret, in one activity, so that the value never crosses an
 * orchestration. Repeated, it takes what the pending secret holds of this run. It never removes a key by its label: the same call
 * a second time may have given that one out. A key whose value was lost is the run's to remove, which knows what it goes on with.
 */
export async function mintCredential(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const issuer = await deps.strategies.of(credential).connect(azure);

  const recordKey = credentialRecordKey(credential);
  const record = await durable.credentialRecord(recordKey);
  const hub = record?.hub ?? '';
  const earlier = await mintedEarlier(azure, credential, { runId: input.runId, hub });
  if (earlier) return earlier;
  // The strategy was changed while the run was under way: from now on somebody else makes the keys.
  if (!issuer.mint) return { kind: 'notOurs' };
  if (!(await isInRotationPhase('preparing', durable, credential, input.runId))) return { kind: 'notOurs' };

  const minted = await issuer.mint(credential, {
    displayName: keyLabel(minterOf(recordKey, hub), input.runId),
    endsOn: input.endsOn,
  });
  if (minted.kind !== 'minted') return minted;
  const stored = await azure.vaults.create(pendingSecret(credential), minted.value, {
    contentType: 'text/plain',
    tags: { [KEY_ID_TAG]: minted.keyId, [RUN_TAG]: input.runId, [HUB_TAG]: hub },
    expiresOn: wholeSecond(minted.endsOn),
  });
  if (stored.kind !== 'created') {
    // Where only the answer was lost, the value may be stored: the repetition finds it there, or the key by its label.
    if (stored.kind === 'retry') return stored;
    // Refused, the value is lost with this activity and its key is of no use.
    const removed = await issuer.remove(credential, minted.keyId);
    return removed.kind === 'removed'
      ? stored
      : { kind: 'unstored', keyId: minted.keyId, problem: stored.problem };
  }
  return result(credential, minted.keyId, stored.version, wholeSecond(minted.endsOn).toISOString());
}

async function mintedEarlier(
  azure: Azure,
  credential: Credential,
  { runId, hub }: { readonly runId: string; readonly hub: string },
): Promise<Minted | CallFailure | undefined> {
  const listed = await azure.vaults.versions(pendingSecret(credential));
  if (listed.kind !== 'listed') return listed;
  // Also one that is disabled by now: the commit has closed it, and the run goes on with that very key.
  const mine = listed.versions.find(
    ({ tags }) => tags[RUN_TAG] === runId && tags[HUB_TAG] === hub && tags[KEY_ID_TAG],
  );
  const keyId = mine?.tags[KEY_ID_TAG];
  // Whether the directory shows the key already is another matter: it lags, and the proof comes next.
  return mine && keyId ? result(credential, keyId, mine.version, mine.expiresOn ?? '') : undefined;
}

function result({ clientId, tenantId }: Credential, keyId: string, version: string, endsOn: string): Minted {
  return {
    kind: 'minted',
    endsOn,
    version: {
      clientId,
      tenantId,
      credentialId: keyId,
      secretVersion: version,
      staged: true,
      expiresOn: endsOn,
    },
  };
}

/** A vault keeps whole seconds; rounded up, the secret would outlive the key. */
function wholeSecond(time: string): Date {
  return new Date(Math.floor(Date.parse(time) / 1000) * 1000);
}
