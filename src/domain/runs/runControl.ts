/** What a run is told from outside while it works. State of the durable entity `run`, keyed by run id. */

import type { Gate } from '../values/gate.js';
import { canonicalJson, type Json } from '../values/json.js';
import type { Caller } from './caller.js';

/** What a person says at a gate. */
export type Decision = 'approve' | 'reject';

/** Who said so, when, and the app's signature under it (instructionSignature.ts). */
interface Signed extends Caller {
  /** ISO 8601. */
  readonly at: string;
  readonly signature: string;
}

interface Cancellation extends Signed {
  readonly kind: 'cancel';
}

export interface GateDecision extends Signed {
  readonly kind: 'decide';
  readonly gate: Gate;
  /** When the gate opened that it is for. ISO 8601. */
  readonly openedAt: string;
  readonly decision: Decision;
}

export interface OverlapChange extends Signed {
  readonly kind: 'setOverlap';
  /** When the overlap began that it is for. ISO 8601. */
  readonly openedAt: string;
  /** When the overlap is to end. ISO 8601. */
  readonly until: string;
}

/**
 * One call of the API that a run is to follow. Whoever reaches the task hub can put anything here: an instruction counts
 * once its signature is verified, and for what it was given for.
 */
export type Instruction = Cancellation | GateDecision | OverlapChange;
export type InstructionKind = Instruction['kind'];

export interface RunControl {
  /** In the order in which they came, the latest ones. */
  readonly instructions: readonly Instruction[];
}

/**
 * The external event that makes a wait look at the run's control at once. It carries nothing and decides nothing: whoever can
 * raise it can make a run look, no more.
 */
export const LOOK_EVENT = 'look';

export interface RunOperation {
  readonly kind: string;
  readonly input: unknown;
}

/** More than a run is ever told: what floods it does not grow its state. */
const MOST_INSTRUCTIONS = 20;
const MOST_LETTERS = 200;

/**
 * The state after an operation: `cancel`, `decide` and `setOverlap` are kept, the same one twice as one; anything else
 * only reads. Returns `undefined` where there is still nothing to remember.
 */
export function controlOf(control: RunControl | undefined, operation: RunOperation): RunControl | undefined {
  const instruction = instructionOf(operation);
  if (!instruction) return control;
  const known = instructionsIn(control);
  if (known.some((one) => sameInstruction(one, instruction))) return control;
  return { instructions: [...known, instruction].slice(-MOST_INSTRUCTIONS) };
}

/** What a run was told, verified or not. */
export function instructionsIn(control: RunControl | null | undefined): readonly Instruction[] {
  return control?.instructions ?? [];
}

/** The instructions of a kind. */
export function instructionsOf<K extends InstructionKind>(
  control: RunControl | null | undefined,
  kind: K,
): readonly Extract<Instruction, { kind: K }>[] {
  return instructionsIn(control).filter((one): one is Extract<Instruction, { kind: K }> => one.kind === kind);
}

/** Whether two are the same instruction. */
export function sameInstruction(one: Instruction, other: Instruction): boolean {
  return canonicalJson(one as unknown as Json) === canonicalJson(other as unknown as Json);
}

/** Whether two texts tell the same moment. */
export function sameMoment(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}

/** Takes from any input what an instruction has, and nothing more. */
function instructionOf({ kind, input }: RunOperation): Instruction | undefined {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const text = (name: string): string => String(given[name] ?? '').slice(0, MOST_LETTERS);
  const signed: Signed = {
    principal: text('principal'),
    ...(given['objectId'] === undefined ? {} : { objectId: text('objectId') }),
    operation: text('operation'),
    invocationId: text('invocationId'),
    at: text('at'),
    signature: text('signature'),
  };
  switch (kind) {
    case 'cancel':
      return { kind, ...signed };
    case 'decide':
      return {
        kind,
        gate: given['gate'] === 'pilot' ? 'pilot' : 'removal',
        openedAt: text('openedAt'),
        decision: given['decision'] === 'approve' ? 'approve' : 'reject',
        ...signed,
      };
    case 'setOverlap':
      return { kind, openedAt: text('openedAt'), until: text('until'), ...signed };
    default:
      return undefined;
  }
}
