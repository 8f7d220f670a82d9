/**
 * What a profile demands of one runtime's settings, one by one: the common ground of the plan (what is shown) and
 * the merge (what is written), so that the two can never disagree.
 */

import type { Profile } from '../configuration/profile.js';
import type { SecretComparison } from '../runs/plan.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import { CLIENT_ID, TENANT_ID } from './backendSettings.js';
import type { Draft } from './changeList.js';
import { Drafting } from './drafting.js';
import { notShownIn, type SeenSettings } from './shownSettings.js';
import type { Snapshot } from './snapshot.js';

export interface DraftInput {
  readonly profile: Profile;
  readonly credential: CredentialVersion;
  readonly snapshot: Snapshot;
  readonly secretComparison: SecretComparison;
  /** What earlier reads of the runtime have shown; absent: it is seen for the first time. */
  readonly seen?: SeenSettings;
}

/** Compares a runtime with its profile. Never throws, whatever its settings are. */
export function draftChanges({ profile, credential, snapshot, secretComparison, seen }: DraftInput): Draft {
  const drafting = new Drafting(profile, snapshot, credential);
  if (!drafting.readable) return drafting.done({});

  drafting.requirement();
  drafting.identityInOverrides(credential);
  const kwargs = drafting.backend();
  drafting.principal(CLIENT_ID, profile.credential.clientId);
  drafting.principal(TENANT_ID, profile.credential.tenantId);
  drafting.clientSecret(secretComparison);
  drafting.marker(credential, secretComparison);
  drafting.others();
  drafting.notShown(notShownIn(snapshot.settings, seen, profile.containersMayBeEmpty));
  drafting.hidden(snapshot.hidden);
  return drafting.done(kwargs);
}
