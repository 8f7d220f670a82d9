/**
 * What every part of the local cloud is built on: one clock, one ledger, one list of faults, one place for state.
 */
export type ClockMode = 'real' | 'virtual';

/** The one clock of the local cloud. Times are milliseconds since the epoch. */
export interface Clock {
  readonly mode: ClockMode;
  now(): number;
  /**
   * Runs `work` once the clock reaches `at`. A `background` timer (a schedule that recurs for ever) never makes
   * virtual time move by itself: it runs when time passes it for another reason. Returns a function that cancels.
   */
  schedule(at: number, work: () => void | Promise<void>, options?: { background?: boolean }): () => void;
  /** Virtual time does not jump while `work` is under way. */
  busy<T>(work: () => Promise<T>): Promise<T>;
}

/** One call or one thing that happened, as seen by the emulated cloud. Never holds a secret's value. */
export interface LedgerEntry {
  readonly n: number;
  /** ISO 8601 on the local cloud's clock. */
  readonly at: string;
  /** `entra`, `identity`, `arm`, `vault`, `airflow`, `eventGrid`, `host`. */
  readonly service: string;
  /** For example `integrationRuntimes.get`, `secrets.set`, `dagRuns.trigger`, `events.deliver`, `runtime.started`. */
  readonly operation: string;
  /** Client id of who called, where known. */
  readonly caller?: string;
  /** What it was about: a resource id, a secret's id, a DAG run. */
  readonly subject?: string;
  readonly status?: number;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Ledger {
  record(entry: Omit<LedgerEntry, 'n' | 'at'>): void;
  entries(): readonly LedgerEntry[];
}

/** What a fault does to a call that matches it. */
export type FaultAction =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    }
  /** The connection is cut before the call has any effect. */
  | { readonly kind: 'drop' }
  /** The call takes effect and the connection is cut before the answer. */
  | { readonly kind: 'lostResponse' }
  /** The call takes effect, and where that was a success it is answered with another status. */
  | { readonly kind: 'otherStatus'; readonly status: number }
  /** Held back for so many seconds of the local cloud's clock, then carried out, also where the caller has gone. */
  | { readonly kind: 'delay'; readonly seconds: number }
  /** The process of the local cloud is killed: after a call took effect and is on disk, before its answer. */
  | { readonly kind: 'crash' }
  /**
   * Only for the service `host`: the language worker dies under a function. At a `before-` point the function did not
   * run, at an `after-` point it did and its answer is lost.
   */
  | { readonly kind: 'workerGone' }
  /** Only for the service `host`, at `before-orchestrator`: somebody has just terminated the instance. */
  | { readonly kind: 'terminate' }
  | Duplicate;

/**
 * Only for the service `host`: what was sent once comes twice. At `after-activity` it is the completion of an activity;
 * at a `send-` point one message, at `after-dispatch` all of an episode's.
 */
export interface Duplicate {
  readonly kind: 'duplicate';
  /**
   * When the second message comes. `direct` (the default): with the first; `later`: after so many `seconds`; `afterEnd`:
   * `seconds` after the run has ended that the sender belongs to.
   */
  readonly mode?: 'direct' | 'later' | 'afterEnd';
  readonly seconds?: number;
  /**
   * Which of the two the orchestrator hears, where both are answered (default `first`). With `second` it waits for the
   * later one, and the answer of the first is dropped. Only for messages to entities and activities.
   */
  readonly take?: 'first' | 'second';
}

/** A fault that somebody switched on. All given fields of `match` must agree (`subject` and `path` as substrings). */
export interface Fault {
  readonly id: string;
  readonly match: {
    readonly service?: string;
    readonly operation?: string;
    readonly caller?: string;
    readonly subject?: string;
    readonly path?: string;
  };
  readonly action: FaultAction;
  /** How many matching calls it hits; absent: all. */
  readonly times?: number;
  /** How many matching calls pass before the first is hit. */
  readonly skip?: number;
}

/** A fault that is switched on. */
export interface ArmedFault extends Fault {
  /** How many matching calls it has met, hit or not. */
  readonly seen: number;
}

export interface Faults {
  add(fault: Omit<Fault, 'id'> & { id?: string }): string;
  remove(id: string): void;
  list(): readonly ArmedFault[];
  /** The action for this call, counted down; called once for each call. */
  strike(call: {
    service: string;
    operation: string;
    caller?: string;
    subject?: string;
    path?: string;
  }): FaultAction | undefined;
}

/** A request as an emulated service gets it, whichever host name it came in under. */
export interface ServiceRequest {
  readonly method: string;
  readonly host: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Entra's verdict on the bearer token, if there is one; services check audience themselves. */
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON, text and bytes as they are. */
  readonly body?: unknown;
}

/**
 * An emulated service. `describe` names the operation before anything happens (for ledger, faults and throttling),
 * `handle` carries it out.
 */
export interface Service {
  readonly name: string;
  /** Host names that it answers for, for example `management.azure.com` or `*.vault.azure.net`. */
  readonly hosts: readonly string[];
  describe(request: ServiceRequest): { operation: string; caller?: string; subject?: string };
  handle(request: ServiceRequest): Promise<ServiceResponse>;
  /** All that must survive a restart, as JSON. */
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** Knows the values that must not leave, and looks for them in whatever the app writes. */
export interface SecretWatch {
  /**
   * From now on the value must not be seen.
   *
   * @param name whose value it is, for the ledger
   */
  guard(name: string, value: string): void;
  /** Notes `secret.leaked` where a text holds a guarded value, as it is or in the forms of URLs and base64. */
  look(where: string, text: string): void;
}

export interface Kernel {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly secrets: SecretWatch;
  /** A service calls it after each change that must survive a kill. */
  changed(): void;
  /** Resolves when every change up to now would survive a kill: what acknowledges something waits for it. */
  persisted?(): Promise<void>;
}
