import type { Debt, DebtKind } from '../../domain/runs/rotations.js';
import { isoNow } from '../flow.js';
import type { Rotating } from './rotating.js';

/** What the rotation leaves over from now on. `reason`: why, for people. */
export function debt(run: Rotating, kind: DebtKind, what: string, reason: string): Debt {
  return { kind, what, reason, since: isoNow(run.context), runId: run.runId };
}
