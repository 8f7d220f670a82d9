import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { setPlainSecretCommand } from '../domain/rotation/commands.js';
import type { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';

/** Reads a secret that a profile refers to: a password, a git credential. */
export async function readSecret(
  azure: Azure,
  reference: SecretReference,
  purpose: string,
): Promise<{ readonly kind: 'read'; readonly value: Secret } | CallFailure> {
  const read = await azure.vaults.current(reference);
  if (read.kind === 'found') return { kind: 'read', value: read.value };
  if (read.kind !== 'missing') return read;
  return {
    kind: 'refused',
    problem: {
      code: 'secretMissing',
      message: `The secret ${reference.name} in ${reference.vault}, the profile's ${purpose}, does not exist.`,
      remedy: setPlainSecretCommand(reference),
    },
  };
}
