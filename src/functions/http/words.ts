/** The words that bodies and queries of the HTTP API choose from. */
import * as z from 'zod';
import { wordsOf } from '../../config/wordsOf.js';
import type { RunInput } from '../../domain/runs/inputs.js';
import { RUN_OUTCOMES } from '../../domain/runs/outcomes.js';
import type { Decision } from '../../domain/runs/runControl.js';
import type { Gate } from '../../domain/values/gate.js';

export const runStatus = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']);

export const runAction = wordsOf<RunInput['action']>({
  enable: true,
  check: true,
  plan: true,
  rotate: true,
  sweep: true,
  preflight: true,
});
export const gate = wordsOf<Gate>({ pilot: true, removal: true });
export const decision = wordsOf<Decision>({ approve: true, reject: true });

export const runOutcome = z.enum(RUN_OUTCOMES);
