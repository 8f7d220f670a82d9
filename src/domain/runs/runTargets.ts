/** What a run is about, from its input. */

import { formatRuntimeId } from '../values/runtimeId.js';
import type { RunInput } from './inputs.js';

/** Resource id of the runtime, name of the profile or the credential, or `everything`. */
export function targetOf(input: RunInput): string {
  if (input.action === 'sweep' || input.action === 'preflight') return 'everything';
  if ('profile' in input) return input.profile;
  return 'credential' in input ? input.credential : formatRuntimeId(input.runtime);
}

/** The subject of an event about the run. */
export function subjectOf(input: RunInput): string {
  if (input.action === 'sweep' || input.action === 'preflight') return input.action;
  if ('profile' in input) return profileSubject(input.profile);
  return 'credential' in input ? credentialSubject(input.credential) : formatRuntimeId(input.runtime);
}

export function credentialSubject(name: string): string {
  return `credentials/${name}`;
}

export function profileSubject(name: string): string {
  return `profiles/${name}`;
}
