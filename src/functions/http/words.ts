/** The words that bodies and queries of the HTTP API choose from. */
import * as z from 'zod';
import { wordsOf } from '../../config/wordsOf.js';
import type { RunInput } from '../../domain/runs/inputs.js';
import type { Decision } from '../../domain/runs/runControl.js';
import type { RunOutcome } from '../../domain/runs/runs.js';
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

export const runOutcome = wordsOf<RunOutcome>({
  enabled: true,
  alreadyEnabled: true,
  planned: true,
  accessProven: true,
  reported: true,
  checkFailed: true,
  conflict: true,
  irrelevant: true,
  ambiguous: true,
  gone: true,
  notReady: true,
  credentialRefused: true,
  refused: true,
  busy: true,
  rotated: true,
  rotatedPartly: true,
  rolledBack: true,
  upToDate: true,
  expiring: true,
  swept: true,
  prepared: true,
  incomplete: true,
  unprepared: true,
  tooSoon: true,
  declined: true,
  cancelled: true,
  interrupted: true,
});
