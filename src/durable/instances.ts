import type {
  DurableClient,
  DurableOrchestrationStatus,
  OrchestrationRuntimeStatus,
} from 'durable-functions';

/** Before the first run of anybody: the durable client's filters want a beginning. */
export const BEGINNING = new Date('2020-01-01T00:00:00Z');

/** The status of an instance; `undefined` where there is none. */
export async function statusOf(
  client: DurableClient,
  instanceId: string,
): Promise<DurableOrchestrationStatus | undefined> {
  try {
    return await client.getStatus(instanceId);
  } catch (error) {
    // The SDK tells a missing instance by this text alone.
    if (error instanceof Error && error.message.includes('HTTP 404')) return undefined;
    throw error;
  }
}

/** The host tells times in whole seconds, by a clock of its own. */
const CLOCKS_APART_MS = 60_000;

/**
 * Instances that began since then, and some of those that began earlier: the host's time of an instance moves on with
 * every `continueAsNew`, at any moment, so that no list has an end in time. Entities are among them.
 */
export async function instancesSince(
  client: DurableClient,
  from: Date,
  runtimeStatus?: readonly OrchestrationRuntimeStatus[],
): Promise<DurableOrchestrationStatus[]> {
  return client.getStatusBy({
    createdTimeFrom: new Date(from.getTime() - CLOCKS_APART_MS),
    ...(runtimeStatus === undefined ? {} : { runtimeStatus: [...runtimeStatus] }),
  });
}

/**
 * Starts an instance unless one of this id is there, running or ended: the durable back end would start an ended one
 * anew. Returns the earlier one's status, or nothing where this call started it.
 */
export async function startOnce(
  client: DurableClient,
  orchestration: string,
  instanceId: string,
  input: unknown,
): Promise<DurableOrchestrationStatus | undefined> {
  return (await statusOf(client, instanceId)) ?? (await start(client, orchestration, instanceId, input));
}

/**
 * Starts an instance of an id that was not there a moment ago. Returns the status of one that is there nevertheless
 * after a refusal: another caller was faster, or the answer to this start was lost.
 */
export async function start(
  client: DurableClient,
  orchestration: string,
  instanceId: string,
  input: unknown,
): Promise<DurableOrchestrationStatus | undefined> {
  try {
    await client.startNew(orchestration, { instanceId, input });
    return undefined;
  } catch (error) {
    // What a refusal means differs between versions of the host; the instance tells.
    const started = await statusOf(client, instanceId);
    if (started) return started;
    throw error;
  }
}
