/**
 * What every part of the durable back end stands on: the state, its events and GUIDs, the work under way and the faults
 * that are put into it.
 */
import type { Clock, Kernel } from '../kernel/types.js';
import { guidOf } from './guid.js';
import type { HistoryEvent } from './history.js';
import type { Invoker } from './invoke.js';
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
  /** A crash that a fault asked for, or an error of the runner itself. */
  readonly onError: (error: unknown) => void;
}

export class Backend {
  readonly #options: BackendOptions;
  #state: DurableState = emptyState();
  #crashed = false;

  constructor(options: BackendOptions) {
    this.#options = options;
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
    this.#state = structuredClone(state);
  }

  /** The state has changed and is to be kept. */
  changed(): void {
    this.#options.kernel.changed();
  }

  /** Notes in the ledger what happened to an instance. */
  record(operation: string, instanceId: string, detail: Readonly<Record<string, unknown>>): void {
    this.#options.kernel.ledger.record({ service: 'host', operation, subject: instanceId, detail });
  }

  /** A new event at the clock's time. */
  event(type: number, fields: Partial<HistoryEvent>): HistoryEvent {
    const Timestamp = new Date(this.clock.now()).toISOString();
    return { EventType: type, EventId: -1, IsPlayed: false, Timestamp, ...fields };
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

  /** Runs one piece of work, which counts as under way until it ends. After a crash nothing runs any more. */
  work(run: () => Promise<void>): void {
    if (this.#crashed) return;
    this.clock
      .busy(async () => {
        // A turn of its own, so that the step that asked for this work ends whole before it begins.
        await Promise.resolve();
        await run();
      })
      .catch((error: unknown) => {
        if (error instanceof Crash) this.#crashed = true;
        this.#options.onError(error);
      });
  }

  /** Runs something after so many seconds of the clock, unless a crash came before. */
  later(seconds: number, run: () => void): void {
    this.clock.schedule(this.clock.now() + seconds * 1000, () => {
      if (!this.#crashed) run();
    });
  }
}
