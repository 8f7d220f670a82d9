/** Which permissions a configuration needs, and what for: the table of least privilege as a function. */

import type { Credential, SecretReference } from '../configuration/credential.js';
import type { Configuration, Profile } from '../configuration/profile.js';
import { profileCanary } from '../proof/profileCanary.js';
import { pendingSecret } from '../rotation/pending.js';

/** An operation of Resource Manager. */
export interface ControlNeed {
  readonly action: string;
  /** Resource id. */
  readonly scope: string;
  readonly why: string;
}

/** An operation on a secret, by the last part of its name in roles. */
export type SecretOperation = 'getSecret' | 'readMetadata' | 'setSecret' | 'update';

export interface SecretNeed {
  readonly secret: SecretReference;
  readonly operation: SecretOperation;
  readonly why: string;
  /** The app makes the secret when it first needs it, so it may be missing. */
  readonly madeByApp: boolean;
}

/**
 * The operation of the data plane, as roles name it
 * (https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault).
 */
export function dataActionOf(operation: SecretOperation): string {
  return `Microsoft.KeyVault/vaults/secrets/${operation}/action`;
}

/** What the app does with secrets: one entry a secret and operation. */
export function secretNeeds({ credentials, profiles }: Configuration): readonly SecretNeed[] {
  const needs = new Map<string, SecretNeed>();
  for (const need of [...credentials.flatMap(credentialNeeds), ...profiles.flatMap(profileNeeds)]) {
    const key = `${need.secret.vault}/${need.secret.name}/${need.operation}`.toLowerCase();
    if (!needs.has(key)) needs.set(key, need);
  }
  return [...needs.values()];
}

function credentialNeeds(credential: Credential): readonly SecretNeed[] {
  const { secret } = credential;
  const on = (
    reference: SecretReference,
    operation: SecretOperation,
    why: string,
    madeByApp = false,
  ): SecretNeed => ({ secret: reference, operation, why, madeByApp });
  const kept = [
    on(secret, 'getSecret', 'give the client secret to runtimes'),
    on(secret, 'readMetadata', 'see which version of the client secret is in use'),
  ];
  if (!credential.rotation.mints) return kept;
  const pending = pendingSecret(credential);
  return [
    ...kept,
    on(secret, 'setSecret', 'commit a rotation'),
    on(secret, 'update', 'disable the version that a rotation has replaced, or note which key it holds'),
    on(pending, 'getSecret', 'read what a rotation has minted', true),
    on(pending, 'readMetadata', 'find what a rotation has minted', true),
    on(pending, 'setSecret', 'keep what a rotation mints', true),
    on(pending, 'update', 'close what a rotation has committed', true),
  ];
}

function profileNeeds(profile: Profile): readonly SecretNeed[] {
  const { access, writeOnly } = profile;
  const read = (secret: SecretReference, why: string): SecretNeed => ({
    secret,
    operation: 'getSecret',
    why,
    madeByApp: false,
  });
  const canary = profileCanary(profile);
  return [
    ...(canary
      ? [
          { ...read(canary, 'check the answer of the check DAG'), madeByApp: true },
          { secret: canary, operation: 'setSecret' as const, why: 'make the canary', madeByApp: true },
        ]
      : []),
    ...(access.login.kind === 'password' ? [read(access.login.password, 'log in to Airflow')] : []),
    ...(writeOnly.webServerPassword
      ? [read(writeOnly.webServerPassword, "send the web server's password again with a write")]
      : []),
    ...(writeOnly.gitCredential
      ? [read(writeOnly.gitCredential, 'send the git credential again with a write')]
      : []),
    ...Object.entries(writeOnly.variables ?? {}).map(([name, secret]) =>
      read(secret, `send the variable ${name} again with a write`),
    ),
  ];
}
