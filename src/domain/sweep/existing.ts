/**
 * Runtimes that were there before the app looked after their profile. A write restarts an Airflow and whatever runs in it:
 * so what was there first is only reported, until a person enables it or the profile says so.
 */

import type { Profile } from '../configuration/profile.js';
import type { FirstSeen } from '../records/profileRecord.js';
import type { RuntimeRecord } from '../records/runtimeRecord.js';
import type { OnlyReported } from '../runs/runs.js';
import type { Snapshot } from '../settings/snapshot.js';
import { sha256Hex } from '../values/digest.js';
import { type RuntimeId, runtimeRecordKey } from '../values/runtimeId.js';
import { caseless, sameId } from '../values/sameId.js';
import type { Judged } from './findings.js';
import type { ShownFirst } from './sweep.js';

/** 48 bits: of 10,000 runtimes two share one once in six million profiles, and then one more is only reported. */
const DIGEST_LENGTH = 12;

/** What is known of a runtime when it is asked whether it is only reported. */
export interface Known {
  readonly profile: Profile;
  readonly runtime: RuntimeId;
  /** What its profile's record says. */
  readonly firstSeen: FirstSeen;
  readonly record: RuntimeRecord | undefined;
  readonly view: Pick<Snapshot, 'beingMade' | 'marker' | 'clientId'>;
}

/** Whether nothing is to be written to the runtime unless somebody asks, and why. */
export function onlyReported(known: Known): OnlyReported | undefined {
  if (known.profile.mode === 'observe') return 'observed';
  return wasThereFirst(known) ? 'existing' : undefined;
}

/**
 * Whether the runtime was there before the app, and nobody has enabled it. Where no list of its place has been complete,
 * it may have been: only one that is being made has not.
 */
export function wasThereFirst(known: Known): boolean {
  if (isLookedAfter(known)) return false;
  const { firstSeen, runtime, view } = known;
  if (firstSeen.existing.has(existingKey(runtime))) return true;
  return !isListed(known) && !view.beingMade;
}

/** Whether a complete list of the runtime's place under this profile is known. */
function isListed({
  profile,
  runtime,
  firstSeen,
}: Pick<Known, 'profile' | 'runtime' | 'firstSeen'>): boolean {
  return profile.runtimes
    .filter((pattern) => pattern.matches(runtime))
    .some((pattern) => firstSeen.places.has(placeKey(pattern.placeOf(runtime))));
}

/**
 * The app has written it, a person has asked for that, or it was seen being made. A proof tells nothing, since a check proves
 * what somebody else has set up.
 */
function isLookedAfter(known: Known): boolean {
  const { record } = known;
  return record?.lookedAfter === true || record?.settings !== undefined || isMarked(known);
}

/** Whether the marker tells that the app has written it, from whichever task hub. */
export function isMarked({ profile, view: { marker, clientId } }: Pick<Known, 'profile' | 'view'>): boolean {
  return marker !== undefined && (clientId === undefined || sameId(clientId, profile.credential.clientId));
}

/** One of the runtimes that were there first, as a sweep finds it. */
export interface FoundFirst extends Pick<Judged, 'finding'> {
  /** A run of the app has written its settings. */
  readonly written: boolean;
}

/**
 * How many of the runtimes that were there first and are not enabled yet may be enabled now. One goes first: none beside it
 * while it is at work, or was written and is not proven. Once access is proven in one, all may. One to which nothing was
 * written says nothing: another goes first.
 */
export function turnsOf(first: readonly FoundFirst[]): number {
  if (first.some(({ finding }) => finding === 'fine' || finding === 'proofDue'))
    return Number.POSITIVE_INFINITY;
  return first.some(({ finding, written }) => finding === 'inWork' || written) ? 0 : 1;
}

/** What a complete list shows for the first time. */
export function newlySeen(
  firstSeen: FirstSeen,
  { places, existing }: { readonly places: readonly string[]; readonly existing: readonly RuntimeId[] },
): ShownFirst | undefined {
  const what = {
    places: places.filter((place) => !firstSeen.places.has(place)),
    existing: existing.map(existingKey).filter((key) => !firstSeen.existing.has(key)),
  };
  return what.places.length + what.existing.length > 0 ? what : undefined;
}

/** How a runtime stands in the record of its profile. */
export function existingKey(runtime: RuntimeId): string {
  return runtimeRecordKey(runtime).slice(0, DIGEST_LENGTH);
}

/**
 * How what a list has shown stands there. A place is the runtimes of one batch that a pattern of names matches: so a pattern
 * that is widened, or a batch that the app may list only later, has a first list of its own.
 */
export function placeKey(place: string): string {
  return sha256Hex(caseless(place)).slice(0, DIGEST_LENGTH);
}
