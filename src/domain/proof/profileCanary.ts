import type { SecretReference } from '../configuration/credential.js';
import type { Profile } from '../configuration/profile.js';
import type { Plan } from '../runs/plan.js';
import { desiredKwargs } from '../settings/backendSettings.js';
import { canarySecretName } from '../settings/canary.js';

/** The canary of a profile whose own kwargs are the runtime's; none where its proof needs none or its name is impossible. */
export function profileCanary(profile: Profile): SecretReference | undefined {
  const { proof } = profile.access;
  if (proof.canary === undefined) return undefined;
  const name = canarySecretName(desiredKwargs(profile), proof.canary);
  return 'name' in name ? { vault: profile.vault, name: name.name } : undefined;
}

/** The canary that a runtime of the profile reads with what is planned for it; none where its proof needs none. */
export function plannedCanary({ vault }: Profile, { canarySecretName }: Plan): SecretReference | undefined {
  return canarySecretName === undefined ? undefined : { vault, name: canarySecretName };
}
