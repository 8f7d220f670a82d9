/**
 * The inventory of a credential: what the directory, the operator's vault and the runtimes have of it. Ids and times, never
 * values.
 */
import type { CredentialVersion } from '../values/credentialVersion.js';
import { UNREADABLE } from '../values/credentialVersion.js';
import { memberOf } from '../values/runtimeBatch.js';
import { formatRuntimeId } from '../values/runtimeId.js';
import { sameId } from '../values/sameId.js';
import {
  type Carrier,
  carrierOnly,
  groupsIn,
  groupsOf,
  type KeptGroups,
  keptGroups,
  type ListedCarrier,
} from './carrierGroups.js';

/** One client secret of the application, as Microsoft Graph lists it. */
export interface ApplicationKey {
  readonly keyId: string;
  readonly displayName?: string;
  /** ISO 8601. */
  readonly endsOn: string;
}

/** A version of the secret, and what is known of the key whose value it holds. */
export interface KnownVersion extends CredentialVersion {
  /** The tag `keyId` names the key: whoever wrote the version said which it is. */
  readonly tagged: boolean;
  /** When the version was written, milliseconds since the epoch. */
  readonly since: number;
  /** Without the tag: the key that the app has found, and whether the version says so already. */
  readonly found?: { readonly keyId: string; readonly recorded: boolean };
  /** Without the tag, and where it was not found: the keys that it could be. */
  readonly couldBe?: readonly string[];
  /** Entra's word on the value, asked for where the directory does not tell; absent: not asked, or no answer. */
  readonly accepted?: boolean;
  /** It is disabled: nobody can read its value. */
  readonly closed?: true;
}

/** What directory and vault hold. */
export interface CredentialInventory {
  /** The version that everybody reads now. */
  readonly current: KnownVersion;
  /** Versions besides the current one that were asked for, by the credential ids that runtimes carry. */
  readonly carried?: readonly KnownVersion[];
  /** The newest older version that could still be used: what a runtime without a marker may have. */
  readonly previous?: CredentialVersion;
  /** Keys of the application; absent where the strategy asks for no directory. */
  readonly keys?: readonly ApplicationKey[];
}

/** The fleet of one credential, written as shortly as a history wants it. */
export interface FleetInventory extends KeptGroups {
  readonly total: number;
  /** Credential ids of the groups' members, each once; `''` for those without a readable one. */
  readonly credentials: readonly string[];
  /** Number of carriers by credential id; `''` for those without a readable one. */
  readonly byCredential: Readonly<Record<string, number>>;
  /** Carriers that the app leaves alone, see `Carrier.profile`: who they are, for people (at most 20), and how many. */
  readonly outside: {
    readonly count: number;
    readonly some: readonly string[];
    readonly byCredential: Readonly<Record<string, number>>;
  };
  /**
   * Runtimes of profiles whose processes may have another credential than their settings name: how many, at most 20 of
   * them, and how many name which. None where nobody asked for it.
   */
  readonly unproven: {
    readonly count: number;
    readonly some: readonly string[];
    readonly byCredential: Readonly<Record<string, number>>;
  };
  /** What lists name in a way that the app does not know, and what may have any credential: how many, and at most 20. */
  readonly unread: { readonly count: number; readonly some: readonly string[] };
  /** Credential ids with which access is proven in some runtime of it. */
  readonly proven: readonly string[];
  /** Who may go first, the best one first. */
  readonly pilots: readonly Carrier[];
}

const SHOWN = 20;

/**
 * Sums up carriers to a fleet, with groups in a fixed order.
 *
 * @param more keys of those that may go first, the best one first; ids of what could not be read; credential ids with which
 *   access is proven somewhere
 */
export function fleetOf(
  carriers: readonly ListedCarrier[],
  {
    pilots = [],
    unread = [],
    proven = [],
  }: {
    readonly pilots?: readonly string[];
    readonly unread?: readonly string[];
    readonly proven?: readonly string[];
  } = {},
): FleetInventory {
  const ordered = [...carriers].sort((a, b) => (a.key < b.key ? -1 : 1));
  const inside = ordered.filter((carrier) => carrier.profile !== undefined);
  const outside = ordered.filter((carrier) => carrier.profile === undefined);
  const unproven = inside.filter((carrier) => carrier.unproven);
  const first = pilots.flatMap((pilot) => inside.filter(({ key }) => key === pilot));
  const credentials = [...new Set(inside.map(({ credentialId = '' }) => credentialId))];
  return {
    total: inside.length,
    credentials,
    byCredential: countsOf(inside),
    ...keptGroups(groupsOf(inside, credentials)),
    outside: {
      count: outside.length,
      some: outside.slice(0, SHOWN).map(({ key }) => key),
      byCredential: countsOf(outside),
    },
    unproven: {
      count: unproven.length,
      some: unproven.slice(0, SHOWN).map(({ key }) => key),
      byCredential: countsOf(unproven),
    },
    unread: { count: unread.length, some: [...unread].sort().slice(0, SHOWN) },
    proven,
    pilots: first.map(carrierOnly),
  };
}

/**
 * How many runtimes of the fleet have something else than `credentialId`. One that cannot be read cannot be moved either:
 * moving it again and again would only hurry the others.
 */
export function countOutdated(fleet: FleetInventory, credentialId: string): number {
  const { total, byCredential } = fleet;
  return total - countOf(byCredential, credentialId) - countOf(byCredential, UNREADABLE);
}

/** Whether everybody reads the key with this label: the run that it names has minted and committed it. */
export function isMintedBy({ current, keys = [] }: CredentialInventory, label: string): boolean {
  return keys.some(({ keyId, displayName }) => displayName === label && sameId(keyId, current.credentialId));
}

/** How many runtimes of the fleet have `credentialId`. */
export function having({ byCredential }: FleetInventory, credentialId: string): number {
  return countOf(byCredential, credentialId);
}

/**
 * How many runtimes have `credentialId` or may have it, also among those that the app leaves alone or that have no name.
 *
 * @param unmarked whether one without a marker may have it: not where only the app ever held the value
 * @param given whether any runtime was ever given it: otherwise one that is unproven cannot have it
 */
export function countPossibleCarriers(
  fleet: FleetInventory,
  credentialId: string,
  unmarked: boolean,
  given = true,
): number {
  const ids = [credentialId, UNREADABLE, ...(unmarked ? [''] : [])];
  const named = (by: Readonly<Record<string, number>>) => ids.reduce((sum, id) => sum + countOf(by, id), 0);
  const { byCredential, outside, unproven, unread } = fleet;
  const others = given ? unproven.count - named(unproven.byCredential) : 0;
  return named(byCredential) + named(outside.byCredential) + others + unread.count;
}

/**
 * Who has `credentialId` or may have it, for people: at most 20 of each kind, of those that settings name it in, that are
 * not proven, that the app leaves alone, that have no name.
 */
export function describePossibleCarriers(fleet: FleetInventory, credentialId: string): string {
  const { outside, unproven, unread } = fleet;
  const having = idsWhere(fleet, (id) => sameId(id, credentialId));
  const kinds: readonly (readonly [words: string, who: readonly string[]])[] = [
    ['it is set in', having.slice(0, SHOWN)],
    ['changed, and no answer since', unproven.some],
    ['outside of every profile, or not enabled', outside.some],
    ['without a readable name', unread.some],
  ];
  return kinds
    .filter(([, who]) => who.length > 0)
    .map(([words, who]) => `${words}: ${who.join(', ')}`)
    .join('; ');
}

/** Resource ids of the fleet's runtimes whose credential id is such a one; `''`: none that can be read. */
export function idsWhere(fleet: FleetInventory, isSuch: (credentialId: string) => boolean): string[] {
  const { credentials } = fleet;
  return groupsIn(fleet).flatMap(({ members, batch }) =>
    members
      .filter(([, credential]) => isSuch(credentials[credential] ?? ''))
      .map(([rest]) => formatRuntimeId(memberOf(batch, rest))),
  );
}

function countOf(counts: Readonly<Record<string, number>>, credentialId: string): number {
  const wanted = credentialId.toLowerCase();
  return Object.entries(counts).reduce(
    (sum, [id, count]) => (id.toLowerCase() === wanted ? sum + count : sum),
    0,
  );
}

function countsOf(carriers: readonly ListedCarrier[]): Record<string, number> {
  // An id is what somebody wrote into a runtime, also `__proto__`: a member of a plain object that would be lost.
  const counts = new Map<string, number>();
  for (const { credentialId = '' } of carriers) counts.set(credentialId, (counts.get(credentialId) ?? 0) + 1);
  return Object.fromEntries(counts);
}
