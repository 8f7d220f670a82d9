/**
 * What may never happen, checked against the emulated cloud's own ledger: who held what at which moment of its clock,
 * not what the app says of itself.
 */
import type { LedgerEntry } from '../../local/kernel/types.js';
import {
  DATA_FACTORY_APP_ID,
  EVENT_GRID_AUDIENCES,
  GRAPH_AUDIENCES,
  RESOURCE_MANAGER_AUDIENCES,
  VAULT_AUDIENCES,
} from '../../local/services/entra/audiences.js';
import { RUN_TAG } from '../../src/domain/rotation/pending.js';

export interface Violation {
  /** Number of the rule in the design. */
  readonly rule: number;
  readonly at: string;
  readonly what: string;
}

export interface AuditOptions {
  /** Client id of the app's identity. */
  readonly app: string;
  /** Names of the secrets that everybody reads, one for each credential. */
  readonly secret: string | readonly string[];
}

/** Reads a ledger from its beginning and returns what broke a rule. */
export function audit(
  entries: readonly LedgerEntry[],
  options: AuditOptions,
  owed: readonly string[] = [],
): readonly Violation[] {
  const auditor = new Auditor(options);
  auditor.take(entries);
  auditor.endRun(owed);
  return auditor.violations;
}

interface Key {
  readonly keyId: string;
  readonly label: string | null;
  readonly endsAt: number;
  /** Minted by this app, on this task hub. */
  readonly ours: boolean;
  removed: boolean;
}

/** The version that everybody reads. */
interface Current {
  readonly trace: string;
  /** Who wrote it: absent where that was not the app. */
  readonly by?: string;
  readonly n: number;
}

/** Whom a token that a service gets to see may be for: anything else could be used elsewhere by whoever runs it. */
const AUDIENCES: Readonly<Record<string, readonly string[]>> = {
  arm: RESOURCE_MANAGER_AUDIENCES,
  graph: GRAPH_AUDIENCES,
  vault: VAULT_AUDIENCES,
  eventGrid: EVENT_GRID_AUDIENCES,
  airflow: [DATA_FACTORY_APP_ID],
};

/** The same in parts, for a cloud on which one run follows another. */
export class Auditor {
  readonly #violations: Violation[] = [];
  /** How often instances have been started, and may have been: the host may start one of them again by itself. */
  readonly #starts = new Map<string, number>();
  readonly #repeats = new Map<string, number>();
  /** Rotations in the order in which they first changed something. */
  readonly #rotations: string[] = [];
  /** By runtime: which back end reads which vault as whom. */
  readonly #reads = new Map<string, string>();
  /** By trace of the value. */
  readonly #keys = new Map<string, Key>();
  /** By runtime: what its settings hold, what its processes run with, and what is somebody else's. */
  readonly #stored = new Map<string, string>();
  readonly #running = new Map<string, string>();
  readonly #foreign = new Map<string, string>();
  /** By name of the secret. */
  readonly #current = new Map<string, Current>();
  /** By rotation: the number of the entry with which it first changed something. */
  readonly #began = new Map<string, number>();
  /** Runtimes that may run with a key that has expired: somebody but the app is to blame. */
  readonly #excused = new Set<string>();
  /** Runtimes with the key that they are known to run with although it has expired. */
  readonly #expired = new Map<string, string>();
  /** The end of the key that expires next among those that processes run with, milliseconds. */
  #nextExpiry = Infinity;
  #at = '';

  constructor(private readonly options: AuditOptions) {}

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** By runtime, lower case: the keys that its processes run with, as traces of their values. */
  get running(): ReadonlyMap<string, string> {
    return this.#running;
  }

  /** Whether the processes of a runtime run with a key that is gone. */
  runsDead(runtime: string): boolean {
    const trace = this.#running.get(runtime.toLowerCase());
    return trace !== undefined && !this.#lives(trace, this.#at);
  }

  take(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) this.#take(entry);
  }

  /** Looks at what runs with what at this moment, after the last entry. */
  lookAt(now: string): void {
    this.#at = now;
    this.#lookForExpired();
  }

  /**
   * From now on, or no more: nothing that the app could do keeps the key of this runtime alive.
   *
   * @param runtime resource id
   */
  excuse(runtime: string, excused = true): void {
    if (excused) this.#excused.add(runtime.toLowerCase());
    else this.#excused.delete(runtime.toLowerCase());
  }

  /** Whether all runtimes have the version that everybody reads, in their settings and in their processes. */
  isUniform(runtimes: readonly string[], secret: string): boolean {
    const trace = this.#current.get(secret)?.trace;
    return runtimes.every((runtime) => {
      const id = runtime.toLowerCase();
      return this.#stored.get(id) === trace && this.#running.get(id) === trace;
    });
  }

  /**
   * Keys that the app did not mint, and that no settings, no processes and no secret have any more.
   *
   * @param named only those of this name
   */
  othersUnused(named?: string): string[] {
    const used = this.#inUse();
    const isTheirs = (label: string | null) =>
      named === undefined ? !label?.startsWith('airlock ') : label === named;
    return [...this.#keys]
      .filter(([trace, { label, removed }]) => isTheirs(label) && !removed && !used.has(trace))
      .map(([, { keyId }]) => keyId);
  }

  /** Key ids of the app's making that are there and that nobody reads, whether owed or not. */
  leftOver(): string[] {
    const read = new Set([...this.#current.values()].map(({ trace }) => trace));
    return [...this.#keys]
      .filter(([trace, { ours, removed }]) => ours && !removed && !read.has(trace))
      .map(([, { keyId }]) => keyId);
  }

  /**
   * After a run has ended: every key with the app's label is in use, or owed.
   *
   * @param owed ids and labels of keys that the app says it owes
   */
  endRun(owed: readonly string[]): void {
    const inUse = this.#inUse();
    for (const [trace, key] of this.#keys) {
      const { keyId, label } = key;
      if (!key.ours || key.removed || inUse.has(trace)) continue;
      if (!owed.includes(keyId) && !owed.includes(label ?? '')) {
        this.#report(5, this.#at, `the key ${keyId} (${label}) is nobody's and is not owed`);
      }
    }
  }

  #inUse(): Set<string> {
    const read = [...this.#current.values()].map(({ trace }) => trace);
    return new Set([...this.#stored.values(), ...this.#running.values(), ...read]);
  }

  #take(entry: LedgerEntry): void {
    this.#at = entry.at;
    this.#lookForExpired();
    const { operation, subject = '', detail = {} } = entry;
    const trace = typeof detail.trace === 'string' ? detail.trace : undefined;
    const byApp = detail.by === this.options.app;
    if (entry.caller === this.options.app) this.#called(entry);
    switch (operation) {
      case 'orchestration.started':
        this.#begun(entry);
        return;
      case 'orchestration.repeated':
        this.#repeats.set(subject, (this.#repeats.get(subject) ?? 0) + 1);
        return;
      case 'secret.leaked':
        this.#report(6, entry.at, `${subject} holds the ${String(detail.value)}`);
        return;
      case 'refused':
        if (entry.service === 'proxy')
          this.#report(12, entry.at, `called ${subject}, which is no host of Azure`);
        return;
      case 'password.added':
        if (trace !== undefined) {
          const label = typeof detail.displayName === 'string' ? detail.displayName : null;
          const endsAt = Date.parse(String(detail.endDateTime));
          const ours = label?.startsWith('airlock ') === true && !isOtherHubs(label);
          this.#keys.set(trace, { keyId: subject, label, endsAt, ours, removed: false });
          if (ours) this.#acted(entry, /^airlock \S+ (\S+)$/.exec(label ?? '')?.[1]);
        }
        return;
      case 'password.removed':
        this.#removed(entry, trace ?? '', byApp);
        return;
      case 'runtime.created':
      case 'runtime.updated':
        this.#written(entry, trace, byApp);
        return;
      case 'runtime.deleted':
        this.#stored.delete(subject.toLowerCase());
        this.#runsWith(subject, undefined);
        return;
      case 'runtime.stopped':
        this.#runsWith(subject, undefined);
        return;
      case 'airflow.up':
        this.#started(entry, trace);
        return;
      case 'version.added': {
        const runId = (detail.tags as Readonly<Record<string, string>> | undefined)?.[RUN_TAG];
        const secret = this.#secrets.find((name) => subject.includes(`/secrets/${name}/`));
        if (secret !== undefined) this.#committed(entry, secret, trace ?? '', runId);
        this.#acted(entry, runId);
        return;
      }
      default:
        return;
    }
  }

  /** One start, one more for each that the host repeated; and a parent that began again starts its children again. */
  #begun({ at, subject = '', detail }: LedgerEntry): void {
    const starts = (this.#starts.get(subject) ?? 0) + 1;
    this.#starts.set(subject, starts);
    const byParent = this.#starts.get(String(detail?.parent)) ?? 1;
    const allowed = byParent + (this.#repeats.get(subject) ?? 0);
    if (starts > allowed) this.#report(3, at, `${subject} ran ${starts === 2 ? 'twice' : `${starts} times`}`);
  }

  /** A token goes only where it belongs. */
  #called({ at, service, operation, detail }: LedgerEntry): void {
    const audience = detail?.audience;
    const allowed = AUDIENCES[service];
    if (typeof audience !== 'string' || allowed === undefined) return;
    if (!allowed.includes(audience.replace(/\/+$/, '').toLowerCase())) {
      this.#report(12, at, `${service} ${operation} got to see a token for ${audience}`);
    }
  }

  /** Once another rotation has changed something, an earlier one changes nothing any more. */
  #acted({ at, n }: LedgerEntry, runId: string | undefined): void {
    if (runId === undefined) return;
    if (!this.#rotations.includes(runId)) {
      this.#rotations.push(runId);
      this.#began.set(runId, n);
    }
    const latest = this.#rotations.at(-1);
    if (latest !== runId) this.#report(7, at, `${runId} still changes the credential after ${latest}`);
  }

  #removed({ at }: LedgerEntry, trace: string, byApp: boolean): void {
    const key = this.#keys.get(trace);
    if (key) key.removed = true;
    if (!byApp) return;
    if (key && isOtherHubs(key.label)) {
      this.#report(16, at, `removed ${key.keyId}, which another task hub minted (${key.label})`);
    }
    for (const [runtime, held] of this.#stored) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} has`);
    }
    for (const [runtime, held] of this.#running) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} runs with`);
    }
    for (const { trace: read } of this.#current.values()) {
      if (read === trace) this.#report(4, at, `removed ${key?.keyId}, which everybody reads`);
    }
  }

  #written(entry: LedgerEntry, trace: string | undefined, byApp: boolean): void {
    const { at, subject = '', detail = {}, operation } = entry;
    const before = this.#foreign.get(subject);
    const foreign = String(detail.foreign);
    this.#foreign.set(subject, foreign);
    const readBefore = this.#reads.get(subject);
    const reads = typeof detail.reads === 'string' ? detail.reads : undefined;
    if (reads === undefined) this.#reads.delete(subject);
    else this.#reads.set(subject, reads);
    if (trace === undefined) this.#stored.delete(subject.toLowerCase());
    else this.#stored.set(subject.toLowerCase(), trace);
    if (!byApp || operation === 'runtime.created') return;
    if (before !== undefined && before !== foreign) {
      this.#report(1, at, `settings of somebody else changed in ${nameOf(subject)}`);
    }
    if (readBefore !== undefined && readBefore !== reads) {
      this.#report(2, at, `took ${nameOf(subject)} over from somebody else`);
    }
    if (detail.unchanged === true) this.#report(10, at, `wrote ${nameOf(subject)} and changed nothing`);
    if (trace !== undefined && !this.#lives(trace, at)) {
      this.#report(4, at, `put a dead credential into ${nameOf(subject)}`);
    }
  }

  #started({ at, subject = '' }: LedgerEntry, trace: string | undefined): void {
    this.#runsWith(subject, trace);
    if (
      trace !== undefined &&
      this.#keys.has(trace) &&
      !this.#lives(trace, at) &&
      !this.#isExcused(subject)
    ) {
      this.#report(4, at, `${nameOf(subject)} started with a dead credential`);
      this.#expired.set(subject.toLowerCase(), trace);
    }
  }

  #runsWith(runtime: string, trace: string | undefined): void {
    const id = runtime.toLowerCase();
    this.#expired.delete(id);
    if (trace === undefined) this.#running.delete(id);
    else this.#running.set(id, trace);
    const ends = [...this.#running.values()].map((held) => this.#keys.get(held)?.endsAt ?? Infinity);
    this.#nextExpiry = Math.min(...ends, Infinity);
  }

  /** Processes that run with a key that has come to its end while the app looked after it. */
  #lookForExpired(): void {
    const now = Date.parse(this.#at);
    if (now < this.#nextExpiry) return;
    let next = Infinity;
    for (const [runtime, trace] of this.#running) {
      const key = this.#keys.get(trace);
      if (key === undefined || this.#expired.get(runtime) === trace) continue;
      if (now < key.endsAt) {
        next = Math.min(next, key.endsAt);
        continue;
      }
      this.#expired.set(runtime, trace);
      if (this.#isExcused(runtime)) continue;
      this.#report(4, this.#at, `${nameOf(runtime)} runs with ${key.keyId}, which has expired`);
    }
    this.#nextExpiry = next;
  }

  #isExcused(runtime: string): boolean {
    return this.#excused.has(runtime.toLowerCase());
  }

  get #secrets(): readonly string[] {
    const { secret } = this.options;
    return typeof secret === 'string' ? [secret] : secret;
  }

  #committed(entry: LedgerEntry, secret: string, trace: string, runId: string | undefined): void {
    const { at, n, detail } = entry;
    const before = this.#current.get(secret);
    const byApp = detail?.by === this.options.app;
    this.#current.set(secret, { trace, n, ...(byApp ? { by: this.options.app } : {}) });
    if (!byApp) return;
    if (this.#keys.has(trace) && !this.#lives(trace, at)) this.#report(4, at, 'committed a dead credential');
    const began = this.#began.get(runId ?? '');
    if (before !== undefined && before.by === undefined && began !== undefined && before.n > began) {
      this.#report(
        16,
        at,
        `${runId} overwrote the version that somebody else wrote into ${secret} meanwhile`,
      );
    }
  }

  #lives(trace: string, at: string): boolean {
    const key = this.#keys.get(trace);
    return key !== undefined && !key.removed && Date.parse(at) < key.endsAt;
  }

  #report(rule: number, at: string, what: string): void {
    this.#violations.push({ rule, at, what });
  }
}

/** Id of a task hub that none has by chance: somebody else's. */
export const OTHER_HUB = '00000000';

/** Whether the label of a key names that hub. */
export function isOtherHubs(label: string | null): boolean {
  return label?.includes(`.${OTHER_HUB} `) === true;
}

function nameOf(runtime: string): string {
  return runtime.split('/').at(-1) ?? runtime;
}
