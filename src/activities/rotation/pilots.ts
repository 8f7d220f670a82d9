import { UNREADABLE } from '../../domain/values/credentialVersion.js';
import type { RuntimeId } from '../../domain/values/runtimeId.js';
import { runtimeRecordKey } from '../../domain/values/runtimeId.js';
import { sameId } from '../../domain/values/sameId.js';
import type { DurableState } from '../deps.js';

interface Candidate {
  readonly credentialId?: string;
  /** Canonical resource id. */
  readonly key: string;
  readonly runtime: RuntimeId;
  readonly profile?: string;
}

/** A rotation tries at most three pilots; some may have the new credential by then. */
const WANTED = 6;
/** Runtimes whose record is read: where so many are not proven, another one would be no better. */
const MOST_READ = 100;

/**
 * Keys of the runtimes that may go first, the best one first: the one that the configuration names, then those in which
 * access is proven now, then the others. Who was no good as a pilot lately comes after all others.
 *
 * @param named canonical id of the one that the configuration names
 * @param failed resource ids of those that were no good lately, newest last
 */
export async function pilotsOf(
  carriers: readonly Candidate[],
  { named, failed }: { readonly named: string | undefined; readonly failed: readonly string[] },
  durable: DurableState,
): Promise<string[]> {
  const inside = carriers.filter(({ profile }) => profile !== undefined);
  const ordered = [...inside].sort((a, b) => (a.key < b.key ? -1 : 1));
  // Newest last: who failed longest ago is the next one of them.
  const failedAt = ({ key }: Candidate) => failed.findIndex((one) => sameId(one, key));
  const fresh = ordered.filter((one) => failedAt(one) < 0);
  const stale = ordered.filter((one) => failedAt(one) >= 0).sort((a, b) => failedAt(a) - failedAt(b));
  const proven: string[] = [];
  for (const { key, runtime } of fresh.slice(0, MOST_READ)) {
    if (proven.length >= WANTED) break;
    const record = await durable.runtimeRecord(runtimeRecordKey(runtime));
    if (record?.proof) proven.push(key);
  }
  const first = fresh.filter(({ key }) => key === named).map(({ key }) => key);
  const rest = [...fresh, ...stale].map(({ key }) => key);
  return [...new Set([...first, ...proven, ...rest])].slice(0, WANTED);
}

/** Runtimes whose record is read for one credential: where none of so many lives with it, it is taken for unproven. */
const MOST_ASKED = 20;

/** Credential ids with which access is proven in at least one runtime of a profile that has them. */
export async function provenWith(
  carriers: readonly Candidate[],
  durable: DurableState,
): Promise<readonly string[]> {
  const having = new Map<string, Candidate[]>();
  for (const one of carriers) {
    const { credentialId, profile } = one;
    if (profile === undefined || credentialId === undefined || credentialId === UNREADABLE) continue;
    having.set(credentialId, [...(having.get(credentialId) ?? []), one]);
  }
  const proven: string[] = [];
  for (const [credentialId, some] of having) {
    for (const { runtime } of some.slice(0, MOST_ASKED)) {
      const record = await durable.runtimeRecord(runtimeRecordKey(runtime));
      if (!sameId(credentialId, record?.proof?.credentialId)) continue;
      proven.push(credentialId);
      break;
    }
  }
  return proven;
}
