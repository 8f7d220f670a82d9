/** Durable entities: one batch of operations at a time each, locks by critical sections. */
import type { Backend } from './backend.js';
import type { RegisteredFunction } from './coreTypes.js';
import { entityId } from './entityId.js';
import { EventType } from './history.js';
import type { Instances } from './instances.js';
import type { Entity, EntityMessage } from './state.js';

interface BatchResult {
  entityExists: boolean;
  entityState?: string | null;
  results: { isError: boolean; result?: string | null }[];
  signals: { target: { name: string; key: string }; name: string; input?: string | null }[];
}

export class Entities {
  readonly #busy = new Set<string>();

  constructor(
    private readonly backend: Pick<
      Backend,
      'state' | 'clock' | 'invoker' | 'event' | 'guid' | 'fault' | 'step' | 'at' | 'changed'
    >,
    private readonly instances: Pick<Instances, 'post'>,
  ) {}

  /** Sends to an entity, which is there from its first message on. A message that comes twice counts twice. */
  send(id: string, message: EntityMessage): void {
    const entity = this.#entity(id);
    if (message.kind === 'release') {
      if (entity.lockedBy === message.parent) entity.lockedBy = null;
    } else entity.queue.push(message);
    this.backend.changed();
    this.wake(id);
  }

  /** Starts a batch where one is due. Where nobody knows the entity's function, its messages wait. */
  wake(id: string): void {
    const entity = this.backend.state.entities[id];
    if (!entity || this.#busy.has(id)) return;
    if (this.#due(entity).length === 0) {
      this.#wakeLater(id, entity);
      return;
    }
    const known = this.backend.invoker.find(entity.name, 'entityTrigger');
    if (!known) return;
    this.#busy.add(id);
    this.backend.step(`entity ${entity.name}`, async () => {
      try {
        await this.#batch(id, entity, known);
      } finally {
        this.#busy.delete(id);
      }
      this.wake(id);
    });
  }

  #wakeLater(id: string, { queue }: Entity): void {
    const next = Math.min(...queue.map(({ notBefore = Number.POSITIVE_INFINITY }) => notBefore));
    if (next > this.backend.clock.now() && Number.isFinite(next)) {
      this.backend.at(next, async () => this.wake(id));
    }
  }

  #entity(id: string): Entity {
    const { entities } = this.backend.state;
    const [, name = '', ...key] = id.split('@');
    entities[id] ??= {
      name,
      key: key.join('@'),
      exists: false,
      state: null,
      queue: [],
      lockedBy: null,
      lastUpdatedTime: this.backend.clock.now(),
    };
    return entities[id];
  }

  #due(entity: Entity): EntityMessage[] {
    const now = this.backend.clock.now();
    return entity.queue.filter(
      ({ parent, notBefore = now }) => notBefore <= now && (!entity.lockedBy || parent === entity.lockedBy),
    );
  }

  async #batch(id: string, entity: Entity, known: RegisteredFunction): Promise<void> {
    const due = this.#due(entity);
    const firstLock = due.findIndex((message) => message.lockset);
    const operations = (firstLock < 0 ? due : due.slice(0, firstLock)).filter((message) => !message.lockset);
    const lock = firstLock < 0 ? undefined : due[firstLock];
    if (this.backend.fault('before-entity', { key: id }) === 'workerGone') return;
    const result = operations.length > 0 ? await this.#run(entity, operations, known) : undefined;
    // Nothing was recorded, so the batch is run again.
    if (this.backend.fault('after-entity', { key: id }) === 'workerGone') return;

    const unkept = operations.map(({ op = '' }) =>
      this.backend.fault('keep-entity', { name: entity.name, operation: op, key: entity.key }),
    );
    const late = unkept.find((fault) => typeof fault === 'object' && fault?.kind === 'late');

    // From here on one synchronous block: the batch is done and recorded, or it is neither.
    entity.queue = entity.queue.filter((message) => !operations.includes(message) && message !== lock);
    // As where two hosts have the entity: its answers are out, what they tell of is not kept, and it is asked again.
    if (typeof late === 'object' && late?.kind === 'late') {
      const notBefore = this.backend.clock.now() + late.seconds * 1000;
      entity.queue.push(...operations.map((operation) => ({ ...operation, notBefore })));
    } else if (result) {
      entity.exists = result.entityExists;
      entity.state = result.entityState ?? null;
    }
    entity.lastUpdatedTime = this.backend.clock.now();
    operations.forEach((operation, index) => {
      const outcome = result?.results[index];
      if (operation.signal || operation.parent === undefined || operation.id === undefined) return;
      this.#answer(operation.parent, operation.id, {
        result: outcome?.result ?? null,
        ...(outcome?.isError ? { exceptionType: 'Error' } : {}),
      });
    });
    for (const signal of result?.signals ?? []) {
      this.send(entityId(signal.target.name, signal.target.key), {
        kind: 'op',
        op: signal.name,
        signal: true,
        id: this.backend.guid(),
        ...(signal.input ? { input: signal.input } : {}),
      });
    }
    if (lock) this.#grant(entity, lock);
    this.backend.changed();
  }

  async #run(
    entity: Entity,
    operations: readonly EntityMessage[],
    known: RegisteredFunction,
  ): Promise<BatchResult> {
    const batch = operations.map((operation) => ({
      name: operation.op ?? '',
      input: operation.input ?? null,
      isSignal: operation.signal ?? false,
    }));
    const payload = {
      self: { name: entity.name, key: entity.key },
      exists: entity.exists,
      state: entity.state,
      batch,
    };
    const { returnValue } = await this.backend.invoker.invoke(known, { string: JSON.stringify(payload) });
    return JSON.parse(returnValue?.json ?? returnValue?.string ?? '{}') as BatchResult;
  }

  #grant(entity: Entity, lock: EntityMessage): void {
    entity.lockedBy = lock.parent ?? null;
    const position = (lock.pos ?? 0) + 1;
    const next = lock.lockset?.[position];
    if (next) this.send(entityId(next.name, next.key), { ...lock, pos: position });
    else if (lock.parent !== undefined && lock.id !== undefined) {
      this.#answer(lock.parent, lock.id, { result: null });
    }
  }

  #answer(instanceId: string, messageId: string, response: object): void {
    const event = this.backend.event(EventType.EventRaised, {
      Name: messageId,
      Input: JSON.stringify(response),
      EntityResponse: true,
    });
    this.instances.post(instanceId, event);
  }
}
