import type { Problem } from '../problems/problem.js';
import type { CredentialVersion } from '../values/credentialVersion.js';

/**
 * The plan: the difference between a runtime and its profile, as a value that can be shown. It is redacted by
 * construction: only the values of non-secret variables that the app owns are ever put in.
 */

/** Whether the client secret in the runtime is the one that the app holds, as compared in memory. */
export type SecretComparison = 'same' | 'different' | 'unreadable' | 'absent';

type ChangeKind = 'add' | 'change' | 'keep';

/** One setting of the runtime and what happens to it. */
export interface PlannedSetting {
  /** `requirement`, or the name of the variable. */
  readonly setting: string;
  /** The service's own name of what holds it. */
  readonly where: string;
  readonly kind: ChangeKind;
  /** Shown only for settings that are no secret and that the app owns; otherwise absent or `(redacted)`. */
  readonly before?: string;
  readonly after?: string;
  readonly why: string;
}

/** Why the app does not touch a runtime. */
export interface Conflict extends Problem {
  readonly setting: string;
}

export interface Plan {
  readonly profile: string;
  readonly settings: readonly PlannedSetting[];
  readonly conflicts: readonly Conflict[];
  /** True where a write would change something. */
  readonly changes: boolean;
  readonly credential: CredentialVersion;
  /** Digest of the settings that the profile wants, whatever else the runtime has. */
  readonly wanted: string;
  /** Hash over the settings that a proof is about; equal fingerprints mean that an earlier proof still holds. */
  readonly fingerprint: string;
  /** Name of the canary's secret in the vault, after the merged kwargs; absent where the proof needs none. */
  readonly canarySecretName?: string;
}
