import type { EntityContext } from 'durable-functions';
import {
  applyToCredential,
  type CredentialOperation,
  type CredentialRecord,
  EMPTY_CREDENTIAL_RECORD,
} from '../domain/rotation/credentialRecord.js';

/** The durable entity around a credential's record; the rules are `applyToCredential`'s. */
export function credentialRecord(context: EntityContext<CredentialRecord>): void {
  const operation = context.df.getInput<CredentialOperation>();
  if (!operation) return;
  const { record, answer } = applyToCredential(context.df.getState() ?? EMPTY_CREDENTIAL_RECORD, operation);
  context.df.setState(record);
  context.df.return(answer);
}
