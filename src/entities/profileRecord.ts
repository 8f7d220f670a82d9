import type { EntityContext } from 'durable-functions';
import {
  applyToProfileRecord,
  EMPTY_PROFILE_RECORD,
  type ProfileOperation,
  type ProfileRecord,
} from '../domain/records/profileRecord.js';

/** The durable entity around what the app remembers of a profile; the rules are `applyToProfileRecord`'s. */
export function profileRecord(context: EntityContext<ProfileRecord>): void {
  const operation = context.df.getInput<ProfileOperation>();
  if (!operation) return;
  const { record, answer } = applyToProfileRecord(context.df.getState() ?? EMPTY_PROFILE_RECORD, operation);
  context.df.setState(record);
  context.df.return(answer);
}
