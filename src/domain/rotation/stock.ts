/**
 * Taking stock: what the directory, the operator's vault and the runtimes hold of one credential. Ids and times, never
 * values.
 */
import type { CredentialVersion } from '../plan.js';
import type { RuntimeId } from '../runtimeId.js';

/** One client secret of the application, as Microsoft Graph lists it. */
export interface ApplicationKey {
  readonly keyId: string;
  readonly displayName?: string;
  /** ISO 8601. */
  readonly endsOn: string;
}

/** What directory and vault hold. */
export interface CredentialStock {
  /** The version that everybody reads now. */
  readonly current: CredentialVersion & {
    /** The tag that names the Entra key; without it nobody told the app which key this is. */
    readonly tagged: boolean;
    /** When the version was written, milliseconds since the epoch. */
    readonly since: number;
  };
  /** The newest older version that could still be used; only where the newest was not written by the app. */
  readonly previous?: CredentialVersion;
  /** Keys of the application; absent where the strategy asks for no directory. */
  readonly keys?: readonly ApplicationKey[];
}

/** A runtime that has the credential, or may have it. */
export interface Carrier {
  readonly runtime: RuntimeId;
  /** Absent: no profile matches it, so the app cannot change it. */
  readonly profile?: string;
  /** Id of the credential there; absent: no marker; `UNREADABLE`: the runtime's body cannot be read. */
  readonly credentialId?: string;
}

/** A factory, as runtimes are listed by it. */
export interface FactoryOfCarriers {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly factory: string;
}

/** A carrier of a group: the runtime's name, and the place of its credential id in the fleet's `credentials`. */
export type GroupMember = readonly [name: string, credential: number];

/** Some carriers of one factory, by name: whoever works on them a second time works on the same. */
export interface CarrierGroup extends FactoryOfCarriers {
  readonly members: readonly GroupMember[];
  /** Number of runtimes of the same subscription in the groups before: paces the writes. */
  readonly place: number;
}

/** The fleet of one credential, written as shortly as a history wants it. */
export interface FleetStock {
  readonly total: number;
  /** Credential ids of the groups' members, each once; `''` for those without a readable one. */
  readonly credentials: readonly string[];
  /** Number of carriers by credential id; `''` for those without a readable one. */
  readonly byCredential: Readonly<Record<string, number>>;
  readonly groups: readonly CarrierGroup[];
  /** Carriers that no profile matches: who they are, for people (at most 20), and how many. */
  readonly outside: {
    readonly count: number;
    readonly some: readonly string[];
    readonly byCredential: Readonly<Record<string, number>>;
  };
  /** What lists name in a way that the app does not know, and what may have any credential: how many, and at most 20. */
  readonly unread: { readonly count: number; readonly some: readonly string[] };
  readonly pilot?: Carrier;
}

/** Runtimes of a factory that one orchestration works on side by side. */
export const GROUP_SIZE = 40;
const SHOWN = 20;

interface ListedCarrier extends Carrier {
  readonly key: string;
}

/**
 * Sums up carriers to a fleet: groups in a fixed order, and the pilot (the one that the configuration names, otherwise
 * the first by id).
 *
 * @param carriers with their canonical resource ids as `key`
 * @param more canonical resource id of the pilot that the configuration names; ids of what could not be read
 */
export function fleetOf(
  carriers: readonly ListedCarrier[],
  { pilot: pilotKey, unread = [] }: { readonly pilot?: string; readonly unread?: readonly string[] } = {},
): FleetStock {
  const ordered = [...carriers].sort((a, b) => (a.key < b.key ? -1 : 1));
  const inside = ordered.filter((carrier) => carrier.profile !== undefined);
  const outside = ordered.filter((carrier) => carrier.profile === undefined);
  const pilot = inside.find(({ key }) => key === pilotKey) ?? inside[0];
  const credentials = [...new Set(inside.map(({ credentialId = '' }) => credentialId))];
  return {
    total: inside.length,
    credentials,
    byCredential: countsOf(inside),
    groups: groupsOf(inside, credentials),
    outside: {
      count: outside.length,
      some: outside.slice(0, SHOWN).map(({ key }) => key),
      byCredential: countsOf(outside),
    },
    unread: { count: unread.length, some: [...unread].sort().slice(0, SHOWN) },
    ...(pilot ? { pilot: carrierOnly(pilot) } : {}),
  };
}

/** Stands for the credential of a runtime that cannot be read: it may be any. */
export const UNREADABLE = '?';

/**
 * How many runtimes of the fleet have something else than `credentialId`. One that cannot be read cannot be moved either:
 * moving it again and again would only hurry the others.
 */
export function behind(fleet: FleetStock, credentialId: string): number {
  const { total, byCredential } = fleet;
  return total - countOf(byCredential, credentialId) - countOf(byCredential, UNREADABLE);
}

/**
 * How many runtimes have `credentialId` or may have it, also among those that no profile matches or that have no name.
 *
 * @param unmarked whether one without a marker may have it: not where only the app ever held the value
 */
export function mayCarry(fleet: FleetStock, credentialId: string, unmarked: boolean): number {
  const ids = [credentialId, UNREADABLE, ...(unmarked ? [''] : [])];
  const counts = [fleet.byCredential, fleet.outside.byCredential];
  return counts.reduce(
    (sum, by) => sum + ids.reduce((of, id) => of + countOf(by, id), 0),
    fleet.unread.count,
  );
}

function countOf(counts: Readonly<Record<string, number>>, credentialId: string): number {
  const wanted = credentialId.toLowerCase();
  return Object.entries(counts).reduce(
    (sum, [id, count]) => (id.toLowerCase() === wanted ? sum + count : sum),
    0,
  );
}

function carrierOnly({ key: _, ...carrier }: ListedCarrier): Carrier {
  return carrier;
}

function countsOf(carriers: readonly ListedCarrier[]): Record<string, number> {
  // An id is what somebody wrote into a runtime, also `__proto__`: a member of a plain object that would be lost.
  const counts = new Map<string, number>();
  for (const { credentialId = '' } of carriers) counts.set(credentialId, (counts.get(credentialId) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function groupsOf(ordered: readonly ListedCarrier[], credentials: readonly string[]): CarrierGroup[] {
  const factories = new Map<string, ListedCarrier[]>();
  for (const carrier of ordered) {
    const { subscription, resourceGroup, factory } = carrier.runtime;
    const place = `${subscription}/${resourceGroup}/${factory}`.toLowerCase();
    factories.set(place, [...(factories.get(place) ?? []), carrier]);
  }
  const placed = new Map<string, number>();
  const groups: CarrierGroup[] = [];
  for (const members of factories.values()) {
    for (let from = 0; from < members.length; from += GROUP_SIZE) {
      const [first] = members;
      if (!first) continue;
      const { subscription, resourceGroup, factory } = first.runtime;
      const some = members.slice(from, from + GROUP_SIZE);
      const place = placed.get(subscription.toLowerCase()) ?? 0;
      groups.push({
        subscription,
        resourceGroup,
        factory,
        members: some.map(({ runtime, credentialId = '' }) => [
          runtime.name,
          credentials.indexOf(credentialId),
        ]),
        place,
      });
      placed.set(subscription.toLowerCase(), place + some.length);
    }
  }
  return groups;
}
