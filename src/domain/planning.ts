import { BACKEND_CLASS } from './backendSettings.js';
import { canarySecretName } from './canary.js';
import { canaryNameInvalid, gitCredentialNeeded, passwordNeeded } from './conflicts.js';
import { sha256Hex } from './digest.js';
import { type DraftInput, draftChanges } from './draft.js';
import { canonicalJson, type Json } from './json.js';
import type { Conflict, Plan } from './plan.js';
import { redactSetting } from './redaction.js';
import { interpretRuntime } from './runtimeBody.js';
import { neededWriteOnly } from './writeOnly.js';

/** The plan for one runtime: what would be added, changed or kept, and why; or why the app leaves it alone. */
export function planRuntime(input: DraftInput): Plan {
  const { profile, credential, body } = input;
  const draft = draftChanges(input);
  const changes = draft.settings.some((setting) => setting.kind !== 'keep');
  // What a write would lose matters only where there is a write.
  const conflicts: Conflict[] = [...draft.conflicts, ...(changes ? draft.losses : [])];

  const needed = neededWriteOnly(body);
  if (changes && needed.webServerPassword && !profile.writeOnly.webServerPassword) {
    conflicts.push(passwordNeeded());
  }
  if (changes && needed.gitCredential && !profile.writeOnly.gitCredential)
    conflicts.push(gitCredentialNeeded());

  const { proof } = profile.access;
  const canary = proof.kind === 'challenge' ? canarySecretName(draft.kwargs, proof.canary) : undefined;
  if (canary && 'why' in canary && conflicts.length === 0) conflicts.push(canaryNameInvalid(canary.why));

  const view = interpretRuntime(body);
  const proven: Json = {
    class: BACKEND_CLASS,
    kwargs: draft.kwargs,
    clientId: profile.credential.clientId,
    tenantId: profile.credential.tenantId,
    credentialId: credential.credentialId,
    proof: { ...proof },
    // A runtime made anew under the same name has another web server: nothing has been proven there yet.
    webUrl: (view.kind === 'airflow' && view.webUrl) || null,
  };
  return {
    profile: profile.name,
    settings: draft.settings.map(redactSetting),
    conflicts,
    changes,
    credential,
    fingerprint: sha256Hex(canonicalJson(proven)),
    ...(canary && 'name' in canary ? { canarySecretName: canary.name } : {}),
  };
}
