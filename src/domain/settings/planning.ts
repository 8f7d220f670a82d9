import type { Conflict, Plan } from '../runs/plan.js';
import { sha256Hex } from '../values/digest.js';
import { canonicalJson, type Json } from '../values/json.js';
import { BACKEND_CLASS, desiredKwargs } from './backendSettings.js';
import { canarySecretName } from './canary.js';
import { canaryNameInvalid, writeNotShown } from './conflicts.js';
import { type DraftInput, draftChanges } from './draft.js';
import { redactSetting } from './redaction.js';
import type { LastSettings } from './shownSettings.js';

/** Enough to tell one runtime's settings from its next ones. */
const WANTED_LENGTH = 16;

export interface PlanInput extends DraftInput {
  /** What the last run wrote. Absent: nothing is known, or a person asked for another write of it. */
  readonly last?: LastSettings;
}

/** The plan for one runtime: what would be added, changed or kept, and why; or why the app leaves it alone. */
export function planRuntime(input: PlanInput): Plan {
  const { profile, credential, snapshot, last } = input;
  const draft = draftChanges(input);
  const changes = draft.settings.some((setting) => setting.kind !== 'keep');
  // What a write would lose matters only where there is a write.
  const conflicts: Conflict[] = [...draft.conflicts, ...(changes ? draft.losses : [])];

  const settings: Json = {
    class: BACKEND_CLASS,
    kwargs: draft.kwargs,
    clientId: profile.credential.clientId,
    tenantId: profile.credential.tenantId,
    credentialId: credential.credentialId,
  };
  // Not the user's other kwargs: a read that shows less of them wants nothing new.
  const own: Json = { ...settings, kwargs: desiredKwargs(profile) };
  const wanted = sha256Hex(canonicalJson(own)).slice(0, WANTED_LENGTH);
  if (changes && last?.wanted === wanted && last.state !== 'shown') {
    const differ = draft.settings.filter(({ kind }) => kind !== 'keep').map(({ setting }) => setting);
    // Before what this read does not show: whoever says what is there has to know that it was written already.
    conflicts.unshift(writeNotShown(differ, snapshot.words));
  }

  for (const { name, conflict } of changes ? snapshot.needed : []) {
    if (!profile.writeOnly[name]) conflicts.push(conflict);
  }

  const { proof } = profile.access;
  const canary =
    proof.canary === undefined ? undefined : canarySecretName(draft.kwargs, proof.canary, draft.release);
  if (canary && 'why' in canary && conflicts.length === 0) conflicts.push(canaryNameInvalid(canary.why));

  const proven: Json = {
    ...settings,
    proof: { ...proof },
    // A runtime made anew under the same name has another web server: nothing has been proven there yet.
    webUrl: snapshot.webUrl || null,
  };
  return {
    profile: profile.name,
    settings: draft.settings.map(redactSetting),
    conflicts,
    changes,
    credential,
    wanted,
    fingerprint: sha256Hex(canonicalJson(proven)),
    ...(canary && 'name' in canary ? { canarySecretName: canary.name } : {}),
  };
}
