/** Runtimes that stand together: one list shows them all, so that they are written and looked at together. */
import type { RuntimeId } from './runtimeId.js';

/** Made by a kind of runtime. It stands in durable histories, and so is short: its members are told by the rest of their ids. */
export interface RuntimeBatch {
  readonly kind: string;
  /** What tells it from others; ids of orchestrations are made of it. */
  readonly key: string;
  /** What the ids of its members begin with. */
  readonly ids: string;
  /** What their names for people begin with. */
  readonly names: string;
}

/** How fast runtimes may be written that share a budget of their service. */
export interface Pace {
  /** So many may start together, */
  readonly atOnce: number;
  /** and so many a second after that. */
  readonly perSecond: number;
}

/** The member of a batch that has this rest. */
export function memberOf(batch: RuntimeBatch, rest: string): RuntimeId {
  return { kind: batch.kind, id: `${batch.ids}${rest}`, name: `${batch.names}${rest}` };
}

/** What is left of a member's id: its name in the batch. */
export function restOf(batch: RuntimeBatch, { id }: RuntimeId): string {
  return id.slice(batch.ids.length);
}
