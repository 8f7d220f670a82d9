/** Knows the values that must not leave, and looks for them in whatever the app writes. */
import type { Ledger, SecretWatch } from './types.js';

/** Shorter ones could stand in a text by chance. */
const SHORTEST = 12;
/** Of each name the newest values: older ones open nothing any more. */
const KEPT = 4;

export function createSecretWatch(ledger: Pick<Ledger, 'record'>): SecretWatch {
  const guarded = new Map<string, readonly { readonly value: string; readonly forms: readonly string[] }[]>();
  return {
    guard(name, value) {
      if (value.length < SHORTEST) return;
      const others = (guarded.get(name) ?? []).filter((one) => one.value !== value);
      const forms = new Set([value, encodeURIComponent(value), Buffer.from(value).toString('base64')]);
      guarded.set(name, [...others, { value, forms: [...forms] }].slice(-KEPT));
    },
    look(where, text) {
      for (const [name, values] of guarded) {
        if (!values.some(({ forms }) => forms.some((form) => text.includes(form)))) continue;
        ledger.record({
          service: 'host',
          operation: 'secret.leaked',
          subject: where,
          detail: { value: name },
        });
      }
    },
  };
}
