import type { Profile } from '../domain/configuration/profile.js';
import { type FirstSeen, firstSeenIn, profileRecordKey } from '../domain/records/profileRecord.js';
import type { DurableState } from './deps.js';

/** What the profile's record says of its first complete lists. */
export async function readFirstSeen(
  { name }: Pick<Profile, 'name'>,
  durable: DurableState,
): Promise<FirstSeen> {
  return firstSeenIn(await durable.profileRecord(profileRecordKey(name)));
}
