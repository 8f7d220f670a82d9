/**
 * What every part of the durable back end stands on: the state, its events and GUIDs, the work under way and the faults
 * that are put into it.
 */
import type { Clock, Duplicate, Kernel } from '../kernel/types.js';
import { guidOf } from './guid.js';
import type { HistoryEvent } from './history.js';
import type { Invoker } from './invoke.js';
import { Latencies } from './latency.js';
import { payload } from './measures.js';
import {
  Crash,
  type DurableFault,
  type DurableState,
  emptyState,
  type FaultPoint,
  type Instance,
} from './state.js';

export interface BackendOptions {
  readonly kernel: Kernel;
  readonly invoker: Invoker;
  readonly fault?: (point: FaultPoint, where: Record<string, unknown>) => DurableFault | null;
  /** What the lengths of all steps are drawn from. Default 1. */
  readonly seed?: number;
  /** True where the app is stopped: the work is called once it is started. Default: it never is. */
  readonly hold?: (work: () => void) => boolean;
  /** A crash that a fault asked for, or an error of the runner itself. */
  readonly onError: (error: unknown) => void;
}

export class Backend {
  readonly #options: BackendOptions;
  readonly latencies: Latencies;
  #state: DurableState = emptyState();
  #crashed = false;
  #ticks = 0;

  constructor(options: BackendOptions) {
    this.#options = options;
    this.latencies = new Latencies(options.seed ?? 1, options.kernel.clock.mode);
  }

  get state(): DurableState {
    return this.#state;
  }

  get invoker(): Invoker {
    return this.#options.invoker;
  }

  get clock(): Clock {
    return this.#options.kernel.clock;
  }

  snapshot(): DurableState {
    return structuredClone(this.#state);
  }

  restore(state: DurableState): void {
    // What was kept before there was such a thing has none of it.
    this.#state = { ...emptyState(), ...structuredClone(state) };
  }

  /** The state has changed and is to be kept. */
  changed(): void {
    this.#options.kernel.changed();
  }

  /** Notes in the ledger what happened to an instance. */
  record(operation: string, instanceId: string, detail: Readonly<Record<string, unknown>>): void {
    this.#options.kernel.ledger.record({ service: 'host', operation, subject: instanceId, detail });
  }

  /** A new event at the clock's time, which has seven digits after the second, as in .NET. */
  event(type: number, fields: Partial<HistoryEvent>): HistoryEvent {
    const milliseconds = new Date(this.clock.now()).toISOString().slice(0, -1);
    this.#ticks = (this.#ticks + 1) % 10_000;
    const Timestamp = `${milliseconds}${String(this.#ticks).padStart(4, '0')}Z`;
    return { EventType: type, EventId: -1, IsPlayed: false, Timestamp, ...fields };
  }

  /** An id of a message: no two have the same. */
  messageId(): string {
    return `message-${this.#state.messages++}`;
  }

  guid(): string {
    return guidOf(`instance ${this.#state.guids++}`);
  }

  /** What goes through the back end is measured, and looked through. */
  seen({ instanceId, measures }: Instance, ...texts: readonly (string | undefined)[]): void {
    payload(measures, ...texts);
    for (const text of texts) {
      if (text !== undefined) this.#options.kernel.secrets.look(`instance ${instanceId}`, text);
    }
  }

  /** The fault that stands at this point, if any. Throws `Crash` where that is a crash. */
  fault(point: FaultPoint, where: Record<string, unknown>): Exclude<DurableFault, 'crash'> | null {
    const fault = this.#options.fault?.(point, where) ?? null;
    if (fault === 'crash') throw new Crash(point);
    return fault;
  }

  /** The duplicate that a fault asks for at this point, if any. Throws `Crash` where it asks for that. */
  duplicate(point: FaultPoint, where: Record<string, unknown>): Duplicate | undefined {
    const fault = this.fault(point, where);
    if (typeof fault !== 'object' || fault?.kind !== 'duplicate') return undefined;
    this.record('message.duplicated', String(where['instanceId']), { point, ...where });
    return fault;
  }

  /** Runs the next step of this kind, after the time that it takes to come to it. After a crash nothing runs any more. */
  step(what: string, run: () => Promise<void>): void {
    this.at(this.latencies.stepAt(this.clock.now(), what), run);
  }

  /** Runs something after so many seconds of the clock, unless a crash came before. */
  later(seconds: number, run: () => void | Promise<void>): void {
    this.at(this.clock.now() + seconds * 1000, async () => run());
  }

  /** Runs something at that time of the clock, unless a crash came before. */
  at(time: number, run: () => Promise<void>): void {
    this.clock.schedule(time, async () => {
      if (this.#crashed) return;
      if (this.#options.hold?.(() => this.at(this.clock.now(), run))) return;
      try {
        await run();
      } catch (error) {
        if (error instanceof Crash) this.#crashed = true;
        this.#options.onError(error);
      }
    });
  }
}
