/** The worker's side of the C# host: runs the app's functions, or has gone where a fault says so. */
import { z } from 'zod';
import type { Kernel } from '../../../local/kernel/types.js';
import type { RegisteredFunction, RpcData } from '../../../local/runner/coreTypes.js';
import { InvocationFailure, type Invoker } from '../../../local/runner/invoke.js';
import type { HostAnswer } from '../../../local/runner/server.js';
import type { DoubledEpisodes, Episode } from './doubledEpisodes.js';
import type { Executions } from './executions.js';

/** What `Worker.cs` asks. */
const INVOCATION = z.object({
  trigger: z.enum(['orchestrationTrigger', 'activityTrigger', 'entityTrigger', 'eventGridTrigger']),
  name: z.string(),
  data: z.string().nullable(),
  instanceId: z.string().nullable(),
});
type Invocation = z.infer<typeof INVOCATION>;

/** What the points of faults before and after a function are named by. */
const POINT = {
  orchestrationTrigger: 'orchestrator',
  activityTrigger: 'activity',
  entityTrigger: 'entity',
  eventGridTrigger: 'event',
} as const;

/** The C# host takes it for a worker that is gone. */
const GONE: HostAnswer = { status: 500 };

export interface WorkerOptions {
  readonly kernel: Kernel;
  readonly invoker: Invoker;
  readonly executions: Executions;
  readonly doubledEpisodes: DoubledEpisodes;
}

/** Runs a function that a C# host, known by its number, asks for. */
export async function answerInvocation(
  options: WorkerOptions,
  host: number,
  body: string,
): Promise<HostAnswer> {
  const { kernel, invoker } = options;
  const invocation = INVOCATION.parse(JSON.parse(body));
  const found = invoker.find(invocation.name, invocation.trigger);
  if (!found) return { status: 404 };
  const subject = `${instanceOf(invocation)} ${found.metadata.name}`;
  kernel.secrets.look(`instance ${subject}`, invocation.data ?? '');
  if (isGone(kernel, 'before', invocation, subject)) return GONE;
  const answer = await kernel.clock.busy(() => run(options, found, host, invocation));
  kernel.secrets.look(`instance ${subject}`, JSON.stringify(answer));
  if (isGone(kernel, 'after', invocation, subject)) return GONE;
  if (invocation.trigger === 'orchestrationTrigger') {
    await ranOrHeld(options, episodeOf(host, invocation.data ?? ''), subject);
  }
  return { status: 200, body: answer };
}

/** An episode is held until it has run twice where a fault says that all its messages come twice. */
async function ranOrHeld(
  { kernel, doubledEpisodes }: WorkerOptions,
  episode: Episode,
  subject: string,
): Promise<void> {
  doubledEpisodes.ran(episode);
  if (!doubledEpisodes.free) return;
  const action = kernel.faults.strike({ service: 'host', operation: 'after-dispatch', subject });
  if (action?.kind === 'duplicate') await doubledEpisodes.untilRunElsewhere(episode);
}

/** What a host without a worker's process does, at this point. */
function isGone(
  { faults }: Pick<Kernel, 'faults'>,
  when: 'before' | 'after',
  { trigger }: Invocation,
  subject: string,
): boolean {
  const action = faults.strike({ service: 'host', operation: `${when}-${POINT[trigger]}`, subject });
  return action?.kind === 'workerGone';
}

async function run(
  { invoker, executions }: WorkerOptions,
  found: RegisteredFunction,
  host: number,
  { trigger, data, instanceId }: Invocation,
): Promise<{ returnValue: RpcData | null } | { failure: { message: string; stack: string } }> {
  const execution =
    trigger === 'orchestrationTrigger' ? executions.begin(found.metadata.name, data ?? '', host) : undefined;
  try {
    const { returnValue } = await invoker.invoke(
      found,
      typedData(trigger, data),
      instanceId === null ? {} : { instanceId: { string: instanceId } },
    );
    if (execution !== undefined) executions.end(execution, returnValue?.json ?? returnValue?.string);
    return { returnValue };
  } catch (error) {
    const thrown = error instanceof InvocationFailure ? error.thrown : error;
    if (execution !== undefined) executions.end(execution, undefined);
    return {
      failure:
        thrown instanceof Error
          ? { message: thrown.message, stack: thrown.stack ?? '' }
          : { message: String(thrown), stack: '' },
    };
  }
}

/** An input that is null is a TypedData without a value. */
function typedData(trigger: Invocation['trigger'], data: string | null): RpcData {
  if (data === null) return {};
  return trigger === 'eventGridTrigger' ? { json: data } : { string: data };
}

const ORCHESTRATOR = z.looseObject({ instanceId: z.string() });
const EPISODE = z.looseObject({
  history: z.array(
    z.looseObject({
      IsPlayed: z.boolean(),
      OrchestrationInstance: z.looseObject({ ExecutionId: z.string() }).nullish(),
    }),
  ),
});
const ENTITY = z.looseObject({ self: z.looseObject({ name: z.string(), key: z.string() }) });

function episodeOf(host: number, data: string): Episode {
  const { history } = EPISODE.parse(JSON.parse(data));
  const started = history.find(({ OrchestrationInstance: instance }) => instance?.ExecutionId !== undefined);
  return {
    host,
    executionId: started?.OrchestrationInstance?.ExecutionId ?? '',
    played: history.filter(({ IsPlayed }) => IsPlayed).length,
  };
}

/** The instance that a function runs for; none for an event. */
function instanceOf({ trigger, data, instanceId }: Invocation): string {
  if (trigger === 'orchestrationTrigger') return ORCHESTRATOR.parse(JSON.parse(data ?? '')).instanceId;
  if (trigger !== 'entityTrigger') return instanceId ?? '';
  const { self } = ENTITY.parse(JSON.parse(data ?? ''));
  return `@${self.name}@${self.key}`;
}
