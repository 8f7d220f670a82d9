import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';

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
  const known = await statusOf(client, instanceId);
  if (known) return known;
  try {
    await client.startNew(orchestration, { instanceId, input });
    return undefined;
  } catch (error) {
    // Two deliveries at once: the other was faster, which a refusal does not say, the instance does.
    const started = await statusOf(client, instanceId);
    if (started) return started;
    throw error;
  }
}
