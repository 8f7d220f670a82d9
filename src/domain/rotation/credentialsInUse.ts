/**
 * What the runtimes have: which credentials, until when they work, and which of them one may go back to. The newest
 * version in the vault may be one that nobody has.
 */
import type { CredentialVersion } from '../values/credentialVersion.js';
import { UNREADABLE } from '../values/credentialVersion.js';
import { sameId } from '../values/sameId.js';
import { type End, endOf } from './due.js';
import type { CredentialInventory, FleetInventory, KnownVersion } from './inventory.js';

/** A credential that some runtimes of the fleet have. */
export interface CredentialInUse {
  readonly credentialId: string;
  readonly runtimes: number;
  readonly end: End;
  /** Whether the vault has a version of it. */
  readonly known: boolean;
  /** What a runtime can be given back; absent: the vault has no such version, or a closed one. */
  readonly version?: CredentialVersion;
}

/** The credentials that runtimes of the fleet have, those of the most runtimes first. Who cannot be read is left out. */
export function credentialsInUse(
  fleet: FleetInventory,
  inventory: CredentialInventory,
  now: number,
): CredentialInUse[] {
  return Object.entries(fleet.byCredential)
    .filter(([id, runtimes]) => id !== UNREADABLE && runtimes > 0)
    .map(([credentialId, runtimes]) => ({ credentialId, runtimes, ...whatOf(credentialId, inventory, now) }))
    .sort((a, b) => b.runtimes - a.runtimes);
}

function whatOf(
  credentialId: string,
  inventory: CredentialInventory,
  now: number,
): Pick<CredentialInUse, 'end' | 'known' | 'version'> {
  if (credentialId === '') return unmarked(inventory, now);
  const version = [inventory.current, ...(inventory.carried ?? [])].find((one) =>
    sameId(one.credentialId, credentialId),
  );
  if (!version) return { end: undefined, known: false };
  const end = endOf(version, inventory.keys, now);
  return { end, known: true, ...(version.closed ? {} : { version: versionOf(version) }) };
}

/** Without a marker nobody knows which one it is: the current one or the one before, as long as one of them lives. */
function unmarked({ current, previous, keys }: CredentialInventory, now: number): ReturnType<typeof whatOf> {
  const ends = [
    endOf(current, keys, now),
    ...(previous ? [endOf({ ...previous, tagged: true, since: 0 }, keys, now)] : []),
  ];
  const living = ends.filter((end) => !isDead(end, now));
  const numbers = living.filter((end) => typeof end === 'number');
  if (living.length === 0) return { end: ends[0], known: true };
  return { end: numbers.length < living.length ? undefined : Math.max(...numbers), known: true };
}

/** Whether a credential works no more, as far as anybody knows. */
function isDead(end: End, now: number): boolean {
  return end === 'gone' || (end !== undefined && end <= now);
}

/** What is true of several credentials together. */
export interface Together {
  /** None of them works any more. */
  readonly dead: boolean;
  /**
   * The first one that still works ends then, in ms; `undefined`: of none an end is known. 0 where one is dead already, or
   * where the vault does not know it: it may be.
   */
  readonly endsAt: number | undefined;
  /** What most of them can be given back, one that works if there is any. */
  readonly version?: CredentialVersion;
}

/** Sums up; of none, it is all unknown. */
export function together(inUse: readonly CredentialInUse[], now: number): Together {
  const ends = inUse.map(({ end, known }) => (!known || isDead(end, now) ? 0 : end));
  const numbers = ends.filter((end) => typeof end === 'number');
  const usable = inUse.filter((one) => one.version !== undefined);
  const version = (usable.find(({ end }) => !isDead(end, now)) ?? usable[0])?.version;
  return {
    dead: inUse.length > 0 && inUse.every(({ end }) => isDead(end, now)),
    endsAt: numbers.length > 0 ? Math.min(...numbers) : undefined,
    ...(version ? { version } : {}),
  };
}

/** The version alone, as runtimes are given it. */
export function versionOf(known: KnownVersion): CredentialVersion {
  const {
    tagged: _,
    since: __,
    found: ___,
    couldBe: ____,
    accepted: _____,
    closed: ______,
    ...version
  } = known;
  return version;
}

/** When the first of them ends, one that has ended before all others. */
export function firstEnd(inUse: readonly CredentialInUse[], now: number): End {
  const dead = inUse.find(({ end }) => isDead(end, now));
  if (dead) return dead.end;
  const numbers = inUse.map(({ end }) => end).filter((end) => typeof end === 'number');
  return numbers.length > 0 ? Math.min(...numbers) : undefined;
}

/** Credential ids that are looked up in the vault: those of the most runtimes. */
const LOOKED_UP = 10;

/** The credential ids that runtimes have, as far as they can be read. */
export function carriedBy({ byCredential }: FleetInventory): string[] {
  return Object.entries(byCredential)
    .filter(([id]) => id !== '' && id !== UNREADABLE)
    .sort(([, a], [, b]) => b - a)
    .slice(0, LOOKED_UP)
    .map(([id]) => id);
}
