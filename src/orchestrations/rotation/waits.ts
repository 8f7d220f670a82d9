import { EntityId, type OrchestrationContext } from 'durable-functions';
import type { Approval } from '../../domain/rotation/settings.js';
import type { RunControl } from '../../domain/runControl.js';
import { RUN_ENTITY } from '../calls.js';
import { type Flow, nowMs, pause } from '../flow.js';
import { renewCredential } from './hold.js';

/** How soon a wait notices what a person said. */
const ASK_MS = 60_000;
const ASK_OVERLAP_MS = 300_000;
const ROUNDS_AN_EXECUTION = 10;

export interface GateInput {
  readonly runId: string;
  /** Key of the credential's record, whose hold is renewed meanwhile. */
  readonly recordKey: string;
  readonly approval: Approval;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** After the commit a run is not cancelled any more. */
  readonly unstoppable: boolean;
}

/** `lost`: another run works on the credential by now. */
export type GateResult = 'approve' | 'reject' | 'expired' | 'cancelled' | 'lost';

/** Waits for a person at a gate, up to its deadline. */
export function* awaitGate(context: OrchestrationContext): Flow<GateResult | undefined> {
  const input = context.df.getInput<GateInput>();
  for (let round = 0; round < ROUNDS_AN_EXECUTION; round++) {
    const control = yield* readControl(context, input.runId);
    const said = control?.decisions?.[input.approval.before];
    if (said) return said.decision;
    if (control?.cancel && !input.unstoppable) return 'cancelled';
    const left = input.until - nowMs(context);
    if (left <= 0) return 'expired';
    yield* pause(context, Math.min(ASK_MS, left));
  }
  if (!(yield* renewCredential(context, input))) return 'lost';
  context.df.continueAsNew(input);
  return undefined;
}

export interface OverlapInput {
  readonly runId: string;
  readonly recordKey: string;
  /** Milliseconds since the epoch, as configured. */
  readonly until: number;
}

/**
 * Waits the overlap out, which a person may shorten or extend meanwhile. Gives the moment that it was to end at, or that
 * another run works on the credential by now.
 */
export function* awaitOverlap(context: OrchestrationContext): Flow<number | 'lost' | undefined> {
  const input = context.df.getInput<OverlapInput>();
  for (let round = 0; round < ROUNDS_AN_EXECUTION; round++) {
    const control = yield* readControl(context, input.runId);
    const asked = Date.parse(control?.overlap?.until ?? '');
    const until = Number.isNaN(asked) ? input.until : asked;
    const left = until - nowMs(context);
    if (left <= 0) return until;
    yield* pause(context, Math.min(ASK_OVERLAP_MS, left));
  }
  if (!(yield* renewCredential(context, input))) return 'lost';
  context.df.continueAsNew(input);
  return undefined;
}

function* readControl(context: OrchestrationContext, runId: string): Flow<RunControl | undefined> {
  return (yield context.df.callEntity(new EntityId(RUN_ENTITY, runId), 'get', {})) as RunControl | undefined;
}
