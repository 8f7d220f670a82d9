/**
 * What an Event Grid event says of a vault's secret. The documentation and its samples disagree on the spelling of the
 * members (`ObjectName `, `id`), so they are found without case and spaces
 * (https://learn.microsoft.com/azure/event-grid/event-schema-key-vault). Events are hints: version and times in them
 * are not believed, the vault is asked.
 */

import type { Credential } from '../configuration/credential.js';
import { sameId } from '../values/sameId.js';
import { vaultNameOf } from '../values/vaultName.js';
import { printable, readEnvelope, text } from './eventRelevance.js';

export type SecretEvent =
  | {
      readonly kind: 'relevant';
      /** Host name of the vault where the event gives the secret's id, otherwise the vault's name. */
      readonly vault: string;
      readonly secret: string;
      readonly eventId: string;
      readonly eventType: string;
      readonly eventTime: string;
    }
  | { readonly kind: 'irrelevant'; readonly malformed: boolean; readonly reason: string };

const TYPES: ReadonlySet<string> = new Set([
  'microsoft.keyvault.secretnearexpiry',
  'microsoft.keyvault.secretexpired',
  'microsoft.keyvault.secretnewversioncreated',
]);

/** Judges one event. Any JSON value may come in; nothing is thrown. */
export function judgeSecretEvent(event: unknown): SecretEvent {
  const envelope = readEnvelope(event);
  if (typeof envelope === 'string') return { kind: 'irrelevant', malformed: true, reason: envelope };
  const { eventType, eventId, eventTime, data, subject } = envelope;
  if (!TYPES.has(eventType.toLowerCase())) {
    const reason = `events of type ${printable(eventType)} are not about secrets`;
    return { kind: 'irrelevant', malformed: false, reason };
  }
  const id = text(data, 'id');
  const place = id !== undefined && URL.canParse(id) ? new URL(id) : undefined;
  const vault = place?.hostname ?? text(data, 'vaultName');
  const secret = text(data, 'objectName') ?? place?.pathname.split('/')[2] ?? subject;
  if (!vault || !secret) {
    return { kind: 'irrelevant', malformed: true, reason: 'the event names no vault or no secret' };
  }
  return { kind: 'relevant', vault, secret, eventId, eventType, eventTime };
}

/** The credentials that are kept in this secret. */
export function credentialsOf(
  credentials: readonly Credential[],
  { vault, secret }: { readonly vault: string; readonly secret: string },
): readonly Credential[] {
  return credentials.filter((credential) => {
    const host = new URL(credential.secret.vault).hostname;
    const sameVault = sameId(host, vault) || sameId(vaultNameOf(credential.secret.vault), vault);
    return sameVault && sameId(credential.secret.name, secret);
  });
}
