import type { EntityContext } from 'durable-functions';
import {
  type AppRecord,
  type AppRecordOperation,
  applyToAppRecord,
  EMPTY_APP_RECORD,
} from '../domain/records/appRecord.js';

/** The durable entity around what the app remembers of itself; the rules are `applyToAppRecord`'s. */
export function appRecord(context: EntityContext<AppRecord>): void {
  const operation = context.df.getInput<AppRecordOperation>();
  if (!operation) return;
  const { record, answer } = applyToAppRecord(context.df.getState() ?? EMPTY_APP_RECORD, operation);
  context.df.setState(record);
  context.df.return(answer);
}
