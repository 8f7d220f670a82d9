/** What the durable host shows of its instances. */
import { z } from 'zod';
import type { LocalClient } from '../../../local/client.js';

const PROBLEM = z.looseObject({ code: z.string(), remedy: z.string().default('') });
const DEBT = z.looseObject({ kind: z.string(), what: z.string(), since: z.string(), reason: z.string() });
const OUTPUT = z.looseObject({
  outcome: z.string().optional(),
  summary: z.string().optional(),
  credential: z.string().optional(),
  counts: z.looseObject({ moved: z.number() }).optional(),
  problem: PROBLEM.optional(),
  credentials: z
    .array(z.looseObject({ credential: z.string(), debts: z.array(DEBT).default([]) }))
    .optional(),
});
const INSTANCE = z.looseObject({
  name: z.string(),
  instanceId: z.string(),
  runtimeStatus: z.string(),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  parentInstanceId: z.string().optional(),
  output: z.unknown(),
  customStatus: z.unknown(),
});

export type Output = z.infer<typeof OUTPUT>;
export type Instance = z.infer<typeof INSTANCE>;

/** Instances, without entities, of these statuses (absent: any), whose execution began at that moment or later. */
export async function instancesOf(
  client: LocalClient,
  { statuses = [], since }: { readonly statuses?: readonly string[]; readonly since?: number },
): Promise<Instance[]> {
  const query = new URLSearchParams({
    code: client.ready.systemKey,
    top: '1000000',
    showInput: 'false',
    ...(statuses.length > 0 ? { runtimeStatus: statuses.join(',') } : {}),
    ...(since === undefined ? {} : { createdTimeFrom: new Date(since).toISOString() }),
  });
  const answer = await client.functions(`/runtime/webhooks/durabletask/instances?${query}`);
  const listed = z.array(INSTANCE).parse(await answer.json());
  return listed.filter(({ instanceId }) => !instanceId.startsWith('@'));
}

/** What a run says at its end. */
export function outputOf({ output }: Instance): Output {
  return OUTPUT.safeParse(output).data ?? {};
}

export interface DurableSize {
  readonly instances: number;
  /** Of all histories. */
  readonly events: number;
  readonly entities: number;
  /** Of the entities' states, characters. */
  readonly entityState: number;
}

/** How much the durable host keeps. */
export async function durableSize(client: LocalClient): Promise<DurableSize> {
  const { instances } = (await client.stats()) as { instances: readonly { totalEvents: number }[] };
  const query = new URLSearchParams({ code: client.ready.systemKey, top: '1000000', instanceIdPrefix: '@' });
  const answer = await client.functions(`/runtime/webhooks/durabletask/instances?${query}`);
  const entities = (await answer.json()) as readonly { input: unknown }[];
  return {
    instances: instances.length,
    events: instances.reduce((sum, { totalEvents }) => sum + totalEvents, 0),
    entities: entities.length,
    entityState: entities.reduce((sum, { input }) => sum + JSON.stringify(input).length, 0),
  };
}
