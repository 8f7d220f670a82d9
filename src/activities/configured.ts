/** Profiles and credentials of the configuration by their names, which a run may outlive. */

import type { Credential } from '../domain/configuration/credential.js';
import type { Configuration, Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';

/** The profile of that name; a run outlives a change of the configuration, so it may be gone. */
export function profileNamed(configuration: Configuration, name: string): Profile | CallFailure {
  const profile = configuration.profiles.find((candidate) => candidate.name === name);
  if (profile) return profile;
  return {
    kind: 'refused',
    problem: {
      code: 'profileGone',
      message: `The profile ${name} is not in the configuration any more.`,
      remedy: 'Start the run again; it takes the profile that matches now.',
    },
  };
}

/** The credential of that name. */
export function credentialNamed(configuration: Configuration, name: string): Credential | CallFailure {
  const credential = configuration.credentials.find((candidate) => candidate.name === name);
  if (credential) return credential;
  return {
    kind: 'refused',
    problem: {
      code: 'credentialGone',
      message: `The credential ${name} is not in the configuration any more.`,
      remedy: 'Put it back, or start the run again for one that is there.',
    },
  };
}
