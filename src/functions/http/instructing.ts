/** How the API tells a run something: signed, so that it counts, and put where the run looks. */
import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { ENTITIES } from '../../domain/records/entityNames.js';
import {
  isGenuine,
  SET_SIGNING_KEY,
  signed,
  type UnsignedInstruction,
} from '../../domain/runs/instructionSignature.js';
import type { RotationProgress } from '../../domain/runs/rotations.js';
import {
  type Instruction,
  instructionsIn,
  LOOK_EVENT,
  type RunControl,
} from '../../domain/runs/runControl.js';
import { errorName } from '../../domain/values/errorName.js';
import type { Secret } from '../../domain/values/secret.js';
import { json, problem } from './problem.js';
import { type InstanceStatus, statusWord } from './runView.js';

/** A run that may be told something, and with what the app signs it. */
export interface Listening {
  readonly client: df.DurableClient;
  readonly id: string;
  readonly status: InstanceStatus;
  readonly key: Secret;
}

/**
 * Signs an instruction for a run and signals it to the run's entity. Then tells the part of the run to look that waits for
 * it: after the signal, so that it is there, or nearly there, when that part looks.
 */
export async function instruct(
  { client, id, status, key }: Listening,
  context: InvocationContext,
  instruction: UnsignedInstruction,
): Promise<void> {
  const { kind, ...input } = signed(key, id, instruction);
  await client.signalEntity(new df.EntityId(ENTITIES.run, id), kind, input);
  const { listener } = progressOf(status);
  if (listener === undefined) return;
  try {
    await client.raiseEvent(listener, LOOK_EVENT, {});
  } catch (error) {
    // What it was told stands: it is found with the next look.
    context.warn(
      `run ${id}: ${listener} could not be told to look (${errorName(error)}); it looks by itself later`,
    );
  }
}

/** What the API itself told a run before; without a key, nothing that could be told from a forgery. */
export async function genuineInstructions(
  client: df.DurableClient,
  key: Secret | undefined,
  runId: string,
): Promise<readonly Instruction[]> {
  if (!key) return [];
  const { entityExists, entityState } = await client.readEntityState<RunControl>(
    new df.EntityId(ENTITIES.run, runId),
  );
  return entityExists ? instructionsIn(entityState).filter((one) => isGenuine(key, runId, one)) : [];
}

/** Told: where to see what comes of it. */
export function told(status: InstanceStatus, retryAfterSeconds: number): HttpResponseInit {
  const id = status.instanceId;
  const statusUrl = `/api/runs/${id}`;
  return json(
    202,
    { id, status: statusWord(status), statusUrl },
    { location: statusUrl, 'retry-after': String(retryAfterSeconds) },
  );
}

/** 503: without the key nothing that is told would count. */
export function noSigningKey(): HttpResponseInit {
  return problem({
    code: 'signingKeyMissing',
    detail: `AIRLOCK_SIGNING_KEY is not set, too short, or a Key Vault reference that App Service could not resolve. ${SET_SIGNING_KEY}`,
  });
}

/** How far a run says that it is. */
export function progressOf({ customStatus }: InstanceStatus): Partial<RotationProgress> {
  return (customStatus ?? {}) as Partial<RotationProgress>;
}

/** What a run does now, in words. */
export function doing({ step, since }: Partial<RotationProgress>): string {
  return step === undefined ? 'it has not begun yet' : `it is at "${step}" since ${since}`;
}
