import { constantTimeEqual } from '../domain/digest.js';
import type { SecretComparison } from '../domain/plan.js';
import type { MaskedSecret } from '../domain/runtimeBody.js';
import type { Secret } from '../domain/secret.js';

/** Compares the client secret that a runtime holds with the one that the app holds, in memory. */
export function compareSecret(there: MaskedSecret, held: Secret): SecretComparison {
  if (there.kind !== 'readable') return there.kind;
  return constantTimeEqual(there.value.reveal(), held.reveal()) ? 'same' : 'different';
}
