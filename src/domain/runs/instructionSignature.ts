/**
 * The signature under what a run is told: HMAC-SHA-256 with a key that only the app holds, not the task hub. Without it
 * whoever has the durable extension's system key, or data access to the hub, could approve a gate in anybody's name.
 */
import { constantTimeEqual, hmacSha256Hex } from '../values/digest.js';
import { canonicalJson, type Json } from '../values/json.js';
import type { Secret } from '../values/secret.js';
import type { Instruction } from './runControl.js';

/** What to do where the app has no usable key. */
export const SET_SIGNING_KEY =
  'Deploy the templates again, or set it: az functionapp config appsettings set --resource-group … --name … --settings AIRLOCK_SIGNING_KEY="$(openssl rand -hex 32)"';

type WithoutSignature<I> = I extends Instruction ? Omit<I, 'signature'> : never;
export type UnsignedInstruction = WithoutSignature<Instruction>;

/** The instruction with its signature, which binds it to the run, what it is for, who gave it and when. */
export function signed(key: Secret, runId: string, instruction: UnsignedInstruction): Instruction {
  return { ...instruction, signature: signatureOf(key, runId, instruction) } as Instruction;
}

/** Whether the app signed exactly this for exactly this run. */
export function isGenuine(key: Secret, runId: string, { signature, ...instruction }: Instruction): boolean {
  return constantTimeEqual(signature, signatureOf(key, runId, instruction as UnsignedInstruction));
}

function signatureOf(key: Secret, runId: string, instruction: UnsignedInstruction): string {
  return hmacSha256Hex(key.reveal(), canonicalJson({ runId, ...withInstants(instruction) }));
}

/** Moments as numbers: a host that reads a text as a time may write it in another way. */
function withInstants(instruction: UnsignedInstruction): Readonly<Record<string, Json>> {
  const members = Object.entries(instruction).map(([name, value]): [string, Json] => [
    name,
    ['at', 'openedAt', 'until'].includes(name) ? instantOf(value) : value,
  ]);
  return Object.fromEntries(members);
}

function instantOf(time: string): number | null {
  const instant = Date.parse(time);
  return Number.isNaN(instant) ? null : instant;
}
