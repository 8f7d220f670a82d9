import * as df from 'durable-functions';
import { appRecord } from './appRecord.js';
import { credentialRecord } from './credentialRecord.js';
import { run } from './run.js';
import { runtimeRecord } from './runtimeRecord.js';

/** Registers the durable entities with the Functions app. */
export function registerEntities(): void {
  df.app.entity('runtimeRecord', runtimeRecord);
  df.app.entity('credentialRecord', credentialRecord);
  df.app.entity('run', run);
  df.app.entity('appRecord', appRecord);
}
