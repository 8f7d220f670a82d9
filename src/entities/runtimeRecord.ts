import type { EntityContext } from 'durable-functions';
import { applyToRecord } from '../domain/records/applyToRecord.js';
import type { RecordOperation } from '../domain/records/runtimeOperations.js';
import { EMPTY_RECORD, type RuntimeRecord } from '../domain/records/runtimeRecord.js';

/** The durable entity around a runtime's record; the rules are `applyToRecord`'s. */
export function runtimeRecord(context: EntityContext<RuntimeRecord>): void {
  const operation = context.df.getInput<RecordOperation>();
  // An error thrown here would reach the caller as "[object Object]": an unknown operation just changes nothing.
  if (!operation) return;
  const { record, answer } = applyToRecord(context.df.getState() ?? EMPTY_RECORD, operation);
  context.df.setState(record);
  context.df.return(answer);
}
