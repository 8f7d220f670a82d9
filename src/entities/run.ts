import type { EntityContext } from 'durable-functions';
import { controlOf, type RunControl, type RunOperation } from '../domain/runs/runControl.js';

/** The durable entity that remembers that a run was asked to stop; it exists only for runs that were. */
export function run(context: EntityContext<RunControl>): void {
  const operation: RunOperation = { kind: context.df.operationName ?? 'get', input: context.df.getInput() };
  const control = controlOf(context.df.getState(), operation);
  if (control) context.df.setState(control);
  context.df.return(control ?? {});
}
