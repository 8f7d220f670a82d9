import type { Approval } from '../../domain/configuration/rotationSettings.js';
import {
  type GateDecision,
  type Instruction,
  type OverlapChange,
  sameMoment,
} from '../../domain/runs/runControl.js';
import { HEAR_GATE_EVERY_MS, HEAR_OVERLAP_EVERY_MS } from '../../domain/values/timing.js';
import { inputOf, type OrchestrationContext } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';
import { hear } from '../instructions.js';
import { poll, type Round } from '../poll.js';
import { tryRenewCredentialClaim } from './credentialClaim.js';
import { pauseBetweenLooks } from './listening.js';

/** So that the claim is renewed between any two looks, and each execution waits for one event at most. */
const LOOKS_AN_EXECUTION = 1;
/** Instructions that do not count and are named all the same. */
const MOST_FORGED = 20;

export interface GateInput {
  readonly runId: string;
  /** Key of the credential's record, whose claim is renewed meanwhile. */
  readonly recordKey: string;
  readonly approval: Approval;
  /** When the gate opened, ISO 8601: a decision for another opening does not count. */
  readonly openedAt: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** After the commit a run is not cancelled any more. */
  readonly unstoppable: boolean;
  /** The pauses before its next looks, where it was told to look and found nothing yet. Milliseconds. */
  readonly soon?: readonly number[];
  /** What earlier executions have judged, and what of that does not count. */
  readonly judged?: readonly Instruction[];
  readonly forged?: readonly Instruction[];
}

export type GateResult = (
  | { readonly kind: 'decided'; readonly decision: GateDecision }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' }
  /** Another run works on the credential by now. */
  | { readonly kind: 'lost' }
) & { readonly forged: readonly Instruction[] };

/** Waits for a person at a gate, up to its deadline. */
export function awaitGate(context: OrchestrationContext): Flow<GateResult | undefined> {
  return poll(
    context,
    LOOKS_AN_EXECUTION,
    inputOf<GateInput>(context),
    (state) => hearAtGate(context, state),
    function* ({ runId, recordKey, forged = [] }): Flow<GateResult | undefined> {
      return (yield* tryRenewCredentialClaim(context, { runId, recordKey }))
        ? undefined
        : { kind: 'lost', forged };
    },
  );
}

function* hearAtGate(context: OrchestrationContext, state: GateInput): Flow<Round<GateInput, GateResult>> {
  const kinds = state.unstoppable ? (['decide'] as const) : (['decide', 'cancel'] as const);
  const heard = yield* hear(context, state.runId, kinds, state.judged ?? []);
  const decisions = heard.genuine.filter((one) => one.kind === 'decide');
  const ours = decisions.filter((one) => isFor(state, one));
  const others = decisions.filter((one) => !ours.includes(one));
  const forged = [...(state.forged ?? []), ...heard.forged, ...others].slice(0, MOST_FORGED);
  const [decision] = ours;
  if (decision) return { result: { kind: 'decided', decision, forged } };
  if (heard.genuine.some(({ kind }) => kind === 'cancel')) return { result: { kind: 'cancelled', forged } };
  if (nowMs(context) >= state.until) return { result: { kind: 'expired', forged } };
  const look = { soon: state.soon, everyMs: HEAR_GATE_EVERY_MS, until: state.until };
  const soon = yield* pauseBetweenLooks(context, heard, look);
  return { state: { ...state, judged: heard.judged, forged, soon } };
}

/** Whether it decides at this gate, and was given after it opened this time. */
function isFor({ approval, openedAt }: GateInput, decision: GateDecision): boolean {
  return decision.gate === approval.before && sameMoment(decision.openedAt, openedAt);
}

export interface OverlapInput {
  readonly runId: string;
  readonly recordKey: string;
  /** When the overlap began, ISO 8601: a change of another one does not count. */
  readonly openedAt: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** When the change was given that `until` comes from, ISO 8601: an earlier one that comes late changes nothing. */
  readonly changedAt?: string;
  /** The pauses before its next looks, where it was told to look and found nothing yet. Milliseconds. */
  readonly soon?: readonly number[];
  /** What has been judged before, and what of that does not count. */
  readonly judged: readonly Instruction[];
  readonly forged: readonly Instruction[];
}

export type OverlapResult = (
  | { readonly kind: 'over' }
  /** A person wants another end: wait again for that. */
  | { readonly kind: 'changed'; readonly change: OverlapChange }
  /** Another run works on the credential by now. */
  | { readonly kind: 'lost' }
) &
  Pick<OverlapInput, 'judged' | 'forged'>;

/** Waits the overlap out, or until a person wants another end of it. */
export function awaitOverlap(context: OrchestrationContext): Flow<OverlapResult | undefined> {
  return poll(
    context,
    LOOKS_AN_EXECUTION,
    inputOf<OverlapInput>(context),
    (state) => hearInOverlap(context, state),
    function* ({ runId, recordKey, judged, forged }): Flow<OverlapResult | undefined> {
      const keepsClaim = yield* tryRenewCredentialClaim(context, { runId, recordKey });
      return keepsClaim ? undefined : { kind: 'lost', judged, forged };
    },
  );
}

function* hearInOverlap(
  context: OrchestrationContext,
  state: OverlapInput,
): Flow<Round<OverlapInput, OverlapResult>> {
  const heard = yield* hear(context, state.runId, ['setOverlap'], state.judged);
  const { judged } = heard;
  const ours = heard.genuine.filter(({ openedAt }) => sameMoment(openedAt, state.openedAt));
  const others = heard.genuine.filter((one) => !ours.includes(one));
  const forged = [...state.forged, ...heard.forged, ...others].slice(0, MOST_FORGED);
  const [change] = [...ours].sort(latestFirst);
  if (change && !(Date.parse(change.at) <= Date.parse(state.changedAt ?? ''))) {
    return { result: { kind: 'changed', change, judged, forged } };
  }
  if (nowMs(context) >= state.until) return { result: { kind: 'over', judged, forged } };
  const look = { soon: state.soon, everyMs: HEAR_OVERLAP_EVERY_MS, until: state.until };
  const soon = yield* pauseBetweenLooks(context, heard, look);
  return { state: { ...state, judged, forged, soon } };
}

function latestFirst(one: OverlapChange, other: OverlapChange): number {
  return Date.parse(other.at) - Date.parse(one.at);
}
