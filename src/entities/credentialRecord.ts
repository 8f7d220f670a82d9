import type { EntityContext } from 'durable-functions';
import { applyToCredential, type CredentialOperation } from '../domain/records/credentialRecord.js';
import { type CredentialRecord, EMPTY_CREDENTIAL_RECORD } from '../domain/rotation/credentialState.js';

/** The durable entity around a credential's record; the rules are `applyToCredential`'s. */
export function credentialRecord({ newHub }: { readonly newHub: () => string }) {
  return (context: EntityContext<CredentialRecord>): void => {
    const operation = context.df.getInput<CredentialOperation>();
    if (!operation) return;
    const known = context.df.getState() ?? { ...EMPTY_CREDENTIAL_RECORD, hub: newHub() };
    const { record, answer } = applyToCredential(known, operation);
    context.df.setState(record);
    context.df.return(answer);
  };
}
