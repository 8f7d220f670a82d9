import * as df from 'durable-functions';
import { ENTITIES } from '../domain/records/entityNames.js';
import { appRecord } from './appRecord.js';
import { credentialRecord } from './credentialRecord.js';
import { profileRecord } from './profileRecord.js';
import { run } from './run.js';
import { runtimeRecord } from './runtimeRecord.js';

/**
 * Registers the durable entities with the Functions app.
 *
 * @param chance what they make by chance: no part of a history, and kept with their state
 */
export function registerEntities(chance: Parameters<typeof credentialRecord>[0]): void {
  df.app.entity(ENTITIES.runtimeRecord, runtimeRecord);
  df.app.entity(ENTITIES.credentialRecord, credentialRecord(chance));
  df.app.entity(ENTITIES.profileRecord, profileRecord);
  df.app.entity(ENTITIES.run, run);
  df.app.entity(ENTITIES.appRecord, appRecord);
}
