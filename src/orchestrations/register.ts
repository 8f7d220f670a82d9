import * as df from 'durable-functions';
import { ALL_ORCHESTRATIONS } from './all.js';

/** Registers the orchestrations with the Functions app. */
export function registerOrchestrations(): void {
  for (const [name, orchestration] of Object.entries(ALL_ORCHESTRATIONS))
    df.app.orchestration(name, orchestration);
}
