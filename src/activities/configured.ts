/** Profiles and credentials of the configuration by their names, which a run may outlive. */

import type { Credential } from '../domain/configuration/credential.js';
import type { Configuration, Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Problem } from '../domain/problems/problem.js';

/** The profile of that name; a run outlives a change of the configuration, so it may be gone. */
export function profileNamed({ profiles }: Configuration, name: string): Profile | CallFailure {
  return named(profiles, name, {
    code: 'profileGone',
    message: `The profile ${name} is not in the configuration any more.`,
    remedy: 'Start the run again; it takes the profile that matches now.',
  });
}

/** The credential of that name. */
export function credentialNamed({ credentials }: Configuration, name: string): Credential | CallFailure {
  return named(credentials, name, {
    code: 'credentialGone',
    message: `The credential ${name} is not in the configuration any more.`,
    remedy: 'Put it back, or start the run again for one that is there.',
  });
}

function named<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
  gone: Problem,
): T | CallFailure {
  return all.find((one) => one.name === name) ?? { kind: 'refused', problem: gone };
}
