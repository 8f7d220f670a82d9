/**
 * What the app remembers of one profile: which lists of runtimes have been complete, and what was there when they first
 * were. State of a durable entity, one for each name of a profile. Both lists only grow, so that an operation that comes
 * twice, at once or much later, changes nothing (repeatable.ts). A profile of another name begins anew: what the app has
 * enabled is told by its settings.
 */

import type { Repeatable } from '../runs/repeatable.js';
import { sha256Hex } from '../values/digest.js';

export interface ProfileRecord {
  /** What was listed completely, see `placeKey`. */
  readonly places: readonly string[];
  /** Runtimes that were there, see `existingKey`. */
  readonly existing: readonly string[];
}

/** A record as it is asked: a fleet asks it once for each of its runtimes. */
export interface FirstSeen {
  readonly places: ReadonlySet<string>;
  readonly existing: ReadonlySet<string>;
}

/** @param record absent: no list has been complete */
export function firstSeenIn(record: ProfileRecord | undefined): FirstSeen {
  return { places: new Set(record?.places), existing: new Set(record?.existing) };
}

export const EMPTY_PROFILE_RECORD: ProfileRecord = { places: [], existing: [] };

/**
 * Most entries of each list: some 300 KB. Past it a list is not remembered, and what it shows counts as there before: nothing
 * is written to it unasked.
 */
export const MAX_REMEMBERED = 20_000;

export type ProfileOperation = Repeatable<{
  /** A list has been complete. */
  readonly kind: 'remember';
  readonly places: readonly string[];
  readonly existing: readonly string[];
  /** ISO 8601. */
  readonly at: string;
}>;

export interface ProfileAnswer {
  /** How many runtimes are known from now on that were not before. */
  readonly added: number;
}

/** Key of a profile's record: an entity's key may hold no slashes and has a limited length. */
export function profileRecordKey(name: string): string {
  return sha256Hex(name.toLowerCase()).slice(0, 32);
}

/** Carries out one operation. Returns the state after it and the answer for the caller. */
export function applyToProfileRecord(
  record: ProfileRecord,
  { places, existing }: ProfileOperation,
): { readonly record: ProfileRecord; readonly answer: ProfileAnswer } {
  const next = {
    places: [...new Set([...record.places, ...places])],
    existing: [...new Set([...record.existing, ...existing])],
  };
  if (next.places.length > MAX_REMEMBERED || next.existing.length > MAX_REMEMBERED)
    return { record, answer: { added: 0 } };
  return { record: next, answer: { added: next.existing.length - record.existing.length } };
}
