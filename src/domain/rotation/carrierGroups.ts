/** Runtimes that have a credential, and how a rotation takes them together. */
import {
  type BatchesInCommon,
  type BatchRest,
  batchRest,
  inCommon,
  type Pace,
  type RuntimeBatch,
  restOf,
  wholeBatch,
} from '../values/runtimeBatch.js';
import type { RuntimeId } from '../values/runtimeId.js';
import { caseless } from '../values/sameId.js';

/** A runtime that has the credential, or may have it. */
export interface Carrier {
  readonly runtime: RuntimeId;
  /** Absent: no profile matches it, or it was there before the app and nobody has had it enabled: the app leaves it alone. */
  readonly profile?: string;
  /** Id of the credential there; absent: no marker; `UNREADABLE`: the runtime's body cannot be read. */
  readonly credentialId?: string;
  /** Its settings name `credentialId`; what its processes have is not known. */
  readonly unproven?: true;
}

/** A carrier as a list shows it. */
export interface ListedCarrier extends Carrier {
  /** Canonical id. */
  readonly key: string;
  readonly batch: RuntimeBatch;
  readonly budget: { readonly key: string; readonly pace: Pace };
}

/**
 * A carrier of a group: the rest of the runtime's id in its batch, the place of its credential id in the fleet's `credentials`, and 1 where it is
 * unproven.
 */
export type GroupMember = readonly [name: string, credential: number, unproven?: 1];

/** Some carriers of one batch, by name: whoever works on them a second time works on the same. */
export interface CarrierGroup {
  readonly batch: RuntimeBatch;
  readonly members: readonly GroupMember[];
  /** Number of runtimes that share its budget in the groups before: paces the writes. */
  readonly place: number;
  readonly pace: Pace;
}

/** Groups as a history keeps them: what their batches have in common stands once. */
export interface KeptGroups {
  /** Absent: the rest of a batch is all of it. */
  readonly common?: BatchesInCommon;
  readonly groups: readonly (Omit<CarrierGroup, 'batch'> & { readonly batch: BatchRest })[];
}

/** Groups without what their batches have in common. */
export function keptGroups(groups: readonly CarrierGroup[]): KeptGroups {
  const common = inCommon(groups.map(({ batch }) => batch));
  return { common, groups: groups.map((group) => ({ ...group, batch: batchRest(group.batch, common) })) };
}

/** The groups that were kept, whole. */
export function groupsIn({ common, groups }: KeptGroups): CarrierGroup[] {
  return groups.map((group) => ({ ...group, batch: wholeBatch(group.batch, common) }));
}

/** Runtimes of a batch that one orchestration works on side by side. */
export const GROUP_SIZE = 40;
/** A carrier without what only its list needs. */
export function carrierOnly({ key: _, batch: __, budget: ___, ...carrier }: ListedCarrier): Carrier {
  return carrier;
}

/**
 * Carriers in groups, in their order.
 *
 * @param credentials the fleet's, to which members point
 */
export function groupsOf(ordered: readonly ListedCarrier[], credentials: readonly string[]): CarrierGroup[] {
  const batches = new Map<string, ListedCarrier[]>();
  for (const carrier of ordered) {
    const key = caseless(`${carrier.batch.kind}:${carrier.batch.key}`);
    batches.set(key, [...(batches.get(key) ?? []), carrier]);
  }
  const placed = new Map<string, number>();
  const groups: CarrierGroup[] = [];
  for (const members of batches.values()) {
    const [first] = members;
    if (!first) continue;
    const { batch, budget } = first;
    const budgetKey = caseless(`${batch.kind}:${budget.key}`);
    for (let from = 0; from < members.length; from += GROUP_SIZE) {
      const some = members.slice(from, from + GROUP_SIZE);
      const place = placed.get(budgetKey) ?? 0;
      groups.push({
        batch,
        members: some.map((one): GroupMember => {
          // By its own spelling of the batch: that of another may be longer.
          const rest = restOf(one.batch, one.runtime);
          const credential = credentials.indexOf(one.credentialId ?? '');
          return one.unproven ? [rest, credential, 1] : [rest, credential];
        }),
        place,
        pace: budget.pace,
      });
      placed.set(budgetKey, place + some.length);
    }
  }
  return groups;
}
