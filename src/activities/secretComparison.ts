import type { SecretComparison } from '../domain/runs/plan.js';
import type { MaskedSecret } from '../domain/settings/suppliedCredential.js';
import { constantTimeEqual } from '../domain/values/digest.js';
import type { Secret } from '../domain/values/secret.js';

/** Compares the client secret that a runtime holds with the one that the app holds, in memory. */
export function compareSecret(there: MaskedSecret, held: Secret): SecretComparison {
  if (there.kind !== 'readable') return there.kind;
  return constantTimeEqual(there.value.reveal(), held.reveal()) ? 'same' : 'different';
}
