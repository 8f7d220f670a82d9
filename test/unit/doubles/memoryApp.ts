/**
 * The app without a host: its own orchestrations, activities and entities, driven by `replay`. Time is a number that timers
 * move; what runs side by side is played one after the other, each from the moment at which it began.
 */
import type { EntityContext } from 'durable-functions';
import type { ActivityDeps, DurableState } from '../../../src/activities/deps.js';
import { IMPLEMENTATIONS, type Implementation } from '../../../src/activities/implementations.js';
import type { ActivityName } from '../../../src/domain/activities/activities.js';
import { APP_RECORD_KEY, type AppRecord } from '../../../src/domain/records/appRecord.js';
import { ENTITIES } from '../../../src/domain/records/entityNames.js';
import type { ProfileRecord } from '../../../src/domain/records/profileRecord.js';
import type { RuntimeRecord } from '../../../src/domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../../../src/domain/rotation/credentialState.js';
import type { RunControl } from '../../../src/domain/runs/runControl.js';
import { appRecord } from '../../../src/entities/appRecord.js';
import { credentialRecord } from '../../../src/entities/credentialRecord.js';
import { profileRecord } from '../../../src/entities/profileRecord.js';
import { run } from '../../../src/entities/run.js';
import { runtimeRecord } from '../../../src/entities/runtimeRecord.js';
import { ALL_ORCHESTRATIONS } from '../../../src/orchestrations/all.js';
import { type Answers, type Replayed, replay } from './replay.js';

/** Seen from here an entity is what it does to its state. */
type Entity = (context: EntityContext<never>) => void;

const ALL_ENTITIES: Readonly<Record<string, Entity>> = {
  [ENTITIES.runtimeRecord]: runtimeRecord as Entity,
  [ENTITIES.credentialRecord]: credentialRecord({ newHub: () => 'hub-1' }) as Entity,
  [ENTITIES.profileRecord]: profileRecord as Entity,
  [ENTITIES.run]: run as Entity,
  [ENTITIES.appRecord]: appRecord as Entity,
};

/** A run that was asked for and has not begun. */
interface Asked {
  readonly orchestration: string;
  readonly id: string;
  readonly input: unknown;
}

export class MemoryApp {
  /** States of entities, by name and key. */
  readonly states = new Map<string, unknown>();
  /** What ended, by instance id. */
  readonly results = new Map<string, unknown>();
  /** Names of the orchestrations that were played. */
  readonly played = new Set<string>();
  readonly #waiting: Asked[] = [];

  /**
   * @param now milliseconds since the epoch
   * @param deps what activities get; `setNow` tells the services the moment of each call
   */
  constructor(
    public now: number,
    private readonly deps: ActivityDeps,
    private readonly setNow: (now: number) => void = () => {},
  ) {}

  /** Runs an orchestration to its end, and then those that it started. */
  async run<T>(orchestration: string, id: string, input: unknown): Promise<T> {
    const { result, now } = await this.#play<T>(orchestration, input, id, this.now);
    this.now = now;
    this.results.set(id, result);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await this.run(next.orchestration, next.id, next.input);
    }
    return result;
  }

  /** The state of an entity as activities read it. */
  state<T>(entity: string, key: string): T | undefined {
    return this.states.get(`${entity} ${key}`) as T | undefined;
  }

  #play<T>(orchestration: string, input: unknown, id: string, now: number): Promise<Replayed<T>> {
    const flow = ALL_ORCHESTRATIONS[orchestration];
    if (!flow) throw new Error(`The app has no orchestration ${orchestration}.`);
    this.played.add(orchestration);
    return replay<T>(flow as never, this.#answers, { input, id, now });
  }

  #operate(name: string, key: string, operation: string, input: unknown): unknown {
    const entity = ALL_ENTITIES[name];
    if (!entity) throw new Error(`The app has no entity ${name}.`);
    let answer: unknown;
    const place = `${name} ${key}`;
    const df = {
      operationName: operation,
      getInput: () => input,
      getState: () => this.states.get(place),
      setState: (state: unknown) => this.states.set(place, state),
      return: (value: unknown) => {
        answer = value;
      },
    };
    entity({ df } as unknown as EntityContext<never>);
    return answer;
  }

  readonly #answers: Answers = {
    activity: async (name, input, now) => {
      this.setNow(now);
      const implementation = (await IMPLEMENTATIONS[name as ActivityName]()) as Implementation<ActivityName>;
      return implementation(input as never, this.deps, this.#durable);
    },
    orchestration: (name, input, id, now) => this.#play(name, input, id, now),
    entity: async (name, key, operation, input) => this.#operate(name, key, operation, input),
  };

  readonly #durable: DurableState = {
    runtimeRecord: async (key) => this.state<RuntimeRecord>(ENTITIES.runtimeRecord, key),
    credentialRecord: async (key) => this.state<CredentialRecord>(ENTITIES.credentialRecord, key),
    profileRecord: async (key) => this.state<ProfileRecord>(ENTITIES.profileRecord, key),
    appRecord: async () => this.state<AppRecord>(ENTITIES.appRecord, APP_RECORD_KEY),
    runControl: async (runId) => this.state<RunControl>(ENTITIES.run, runId),
    startOnce: async (orchestration, id, input) => {
      const isKnown = this.results.has(id) || this.#waiting.some((one) => one.id === id);
      if (!isKnown) this.#waiting.push({ orchestration, id, input });
    },
    renewRuntime: async (key, renewal) => {
      this.#operate(ENTITIES.runtimeRecord, key, renewal.kind, renewal);
    },
    renewCredential: async (key, renewal) => {
      this.#operate(ENTITIES.credentialRecord, key, renewal.kind, renewal);
    },
    // Nothing fails behind an orchestration's back here.
    instances: async () => [],
  };
}
