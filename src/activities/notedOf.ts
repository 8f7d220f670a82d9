import type { Profile } from '../domain/configuration/profile.js';
import { type Noted, notedIn, profileRecordKey } from '../domain/records/profileRecord.js';
import type { DurableState } from './deps.js';

/** What the profile's record says of its first complete lists. */
export async function notedOf({ name }: Pick<Profile, 'name'>, durable: DurableState): Promise<Noted> {
  return notedIn(await durable.profileRecord(profileRecordKey(name)));
}
