/** What a run was told from outside: read from its entity, verified before it counts. */

import type { Activities } from '../domain/activities/activities.js';
import type { NotificationData } from '../domain/events/notifications.js';
import { ENTITIES } from '../domain/records/entityNames.js';
import { callerOf, formatCaller } from '../domain/runs/caller.js';
import {
  type Instruction,
  type InstructionKind,
  instructionsOf,
  type RunControl,
  sameInstruction,
} from '../domain/runs/runControl.js';
import { activityTask, entityTask, isReplaying, type OrchestrationContext, type Task } from './durable.js';
import type { Flow } from './flow.js';

/** An instruction, and the run that it was given to. */
export interface GivenInstruction<I extends Instruction = Instruction> {
  readonly runId: string;
  readonly instruction: I;
}

/** What is new of what a run was told. */
export interface Heard<I extends Instruction = Instruction> {
  readonly genuine: readonly I[];
  readonly forged: readonly I[];
  /** All that is judged by now: pass it on, so that nothing is judged twice. */
  readonly judged: readonly Instruction[];
  /** Nobody could verify what is new: it is neither, and to be heard again. */
  readonly unverified?: true;
}

/** The task that reads what a run was told: a `RunControl`, or nothing. */
export function askControl(context: OrchestrationContext, runId: string): Task {
  return entityTask(context, [ENTITIES.run, runId] as const, 'get', {});
}

/** What a run was told of a kind, as its control has it, not verified yet. */
export function instructionsIn<K extends InstructionKind>(
  runId: string,
  control: unknown,
  kind: K,
): GivenInstruction<Extract<Instruction, { kind: K }>>[] {
  const given = control as RunControl | null | undefined;
  return instructionsOf(given, kind).map((instruction) => ({ runId, instruction }));
}

/** Asks what a run was told of these kinds, and judges what is new. */
export function* hear<K extends InstructionKind>(
  context: OrchestrationContext,
  runId: string,
  kinds: readonly K[],
  judged: readonly Instruction[],
): Flow<Heard<Extract<Instruction, { kind: K }>>> {
  const control = yield askControl(context, runId);
  const all = kinds.flatMap((kind) => instructionsIn(runId, control, kind));
  const told = all.filter(({ instruction }) => !judged.some((other) => sameInstruction(instruction, other)));
  const sorted = yield* sortOut(context, told);
  if (!sorted) return { genuine: [], forged: [], judged, unverified: true };
  const instructions = (of: readonly GivenInstruction<Extract<Instruction, { kind: K }>>[]) =>
    of.map(({ instruction }) => instruction);
  return {
    genuine: instructions(sorted.genuine),
    forged: instructions(sorted.forged),
    judged: instructions(all),
  };
}

/** Tells what the app signed from what it did not, which the log names; `undefined` where that could not be told now. */
export function* sortOut<I extends Instruction>(
  context: OrchestrationContext,
  told: readonly GivenInstruction<I>[],
): Flow<
  | { readonly genuine: readonly GivenInstruction<I>[]; readonly forged: readonly GivenInstruction<I>[] }
  | undefined
> {
  if (told.length === 0) return { genuine: [], forged: [] };
  const genuine = yield* verify(context, { told });
  if (!genuine) return undefined;
  const forged = told.filter((_, index) => !genuine[index]);
  for (const { runId, instruction } of forged) {
    if (!isReplaying(context)) context.warn(`run ${runId}: ${formatForged(instruction)}`);
  }
  return { genuine: told.filter((_, index) => genuine[index]), forged };
}

/** A run that ends asks no more: what the host took away is asked for again at once. */
const TRIES = 3;

function* verify(
  context: OrchestrationContext,
  input: Activities['verifyInstructions']['input'],
): Flow<readonly boolean[] | undefined> {
  for (let turn = 1; turn <= TRIES; turn++) {
    try {
      const verified = yield activityTask(context, 'verifyInstructions', input);
      return (verified as Activities['verifyInstructions']['output']).genuine;
    } catch {
      // Its worker went, or it threw: both may be over.
    }
  }
  return undefined;
}

/** An instruction that does not count, in words. */
export function formatForged(instruction: Instruction): string {
  return `ignored, since this app did not sign it for this: ${formatInstruction(instruction)}`;
}

/** An instruction in words, with who gave it, when and by which call. */
export function formatInstruction(instruction: Instruction): string {
  const { at } = instruction;
  return `${whatOf(instruction)} by ${formatCaller(instruction)}, at ${at}`;
}

/** An instruction as events tell it: without its signature. */
export function eventDataOf(
  instruction: Instruction,
): Omit<NotificationData['Airlock.RunInstructed.v1'], 'runId' | 'credential'> {
  const by = callerOf(instruction);
  const { at } = instruction;
  switch (instruction.kind) {
    case 'cancel':
      return { instruction: 'cancel', by, at };
    case 'decide':
      return { instruction: instruction.decision, gate: instruction.gate, by, at };
    case 'setOverlap':
      return { instruction: 'setOverlap', until: instruction.until, by, at };
  }
}

function whatOf(instruction: Instruction): string {
  switch (instruction.kind) {
    case 'cancel':
      return 'cancelled';
    case 'decide':
      return instruction.decision === 'approve' ? 'approved' : 'rejected';
    case 'setOverlap':
      return `overlap set to ${instruction.until}`;
  }
}
