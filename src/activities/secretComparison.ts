import type { SecretComparison } from '../domain/runs/plan.js';
import type { MaskedSecret } from '../domain/settings/suppliedCredential.js';
import { constantTimeEqual } from '../domain/values/digest.js';
import type { Secret } from '../domain/values/secret.js';

/** Compares the client secret that a runtime has with the app's own, in memory. */
export function compareSecret(there: MaskedSecret, ours: Secret): SecretComparison {
  if (there.kind !== 'readable') return there.kind;
  return constantTimeEqual(there.value.reveal(), ours.reveal()) ? 'same' : 'different';
}
