/** Which messages a cloud's durable host has sent, as the histories of its instances tell. */
import type { LocalClient } from '../../../local/client.js';
import { EventType, type HistoryEvent } from '../../../local/runner/history.js';
import type { Message } from './repetitions.js';

interface Execution {
  readonly name: string;
  readonly history: readonly HistoryEvent[];
}

/** Needs a cloud that keeps its histories. `skip`: instances that were there before. */
export async function messagesOf(client: LocalClient, skip: ReadonlySet<string>): Promise<Message[]> {
  const sent = new Map<string, Message>();
  const add = (kind: Message['kind'], name: string) => sent.set(`${kind} ${name}`, { kind, name });
  for (const id of await instancesOf(client)) {
    if (skip.has(id)) continue;
    const executions = (await client.history(id)) as readonly Execution[];
    for (const [index, { name, history }] of executions.entries()) {
      add('episode', name);
      if (index > 0) add('continueAsNew', name);
      for (const event of history) addSent(event, add);
    }
  }
  for (const { detail } of await client.ledger({ operation: 'entity.signalled' })) {
    add('entity', entityMessage(String(detail?.['name']), String(detail?.['operation'])));
  }
  return [...sent.values()].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}

export async function instancesOf(client: LocalClient): Promise<Set<string>> {
  const { instances } = (await client.stats()) as { instances: readonly { instanceId: string }[] };
  return new Set(instances.map(({ instanceId }) => instanceId));
}

/** A message as one word after the other. */
export function text({ kind, name }: Message): string {
  return `${kind} ${name}`;
}

function addSent(event: HistoryEvent, add: (kind: Message['kind'], name: string) => void): void {
  const { EventType: type, Name = '', InstanceId = '', Input } = event;
  if (type === EventType.TaskScheduled) add('activity', Name);
  else if (type === EventType.SubOrchestrationInstanceCreated) add('child', Name);
  else if (type === EventType.EventSent) {
    const { op } = JSON.parse(Input ?? '{}') as { op?: string };
    if (op !== undefined) add('entity', entityMessage(InstanceId.split('@')[1] ?? '', op));
  }
}

/** Entities' names are in lower case on the way. */
function entityMessage(entity: string, operation: string): string {
  return `${entity.toLowerCase()} ${operation}`;
}
