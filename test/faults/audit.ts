/**
 * What may never happen, checked against the emulated cloud's own ledger: who held what at which moment of its clock,
 * not what the app says of itself.
 */
import type { LedgerEntry } from '../../local/kernel/types.js';

export interface Violation {
  /** Number of the rule in the design. */
  readonly rule: number;
  readonly at: string;
  readonly what: string;
}

export interface AuditOptions {
  /** Client id of the app's identity. */
  readonly app: string;
  /** Name of the secret that everybody reads. */
  readonly secret: string;
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
  removed: boolean;
}

/** The same in parts, for a cloud on which one run follows another. */
export class Auditor {
  readonly #violations: Violation[] = [];
  /** By trace of the value. */
  readonly #keys = new Map<string, Key>();
  /** By runtime: what its settings hold, what its processes run with, and what is somebody else's. */
  readonly #stored = new Map<string, string>();
  readonly #running = new Map<string, string>();
  readonly #foreign = new Map<string, string>();
  #current: string | undefined;
  #at = '';

  constructor(private readonly options: AuditOptions) {}

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  take(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) this.#take(entry);
  }

  /**
   * After a run has ended: every key with the app's label is in use, or owed.
   *
   * @param owed ids and labels of keys that the app says it owes
   */
  endRun(owed: readonly string[]): void {
    const inUse = new Set([...this.#stored.values(), ...this.#running.values(), this.#current]);
    for (const [trace, key] of this.#keys) {
      const { keyId, label } = key;
      if (!label?.startsWith('airlock ') || key.removed || inUse.has(trace)) continue;
      if (!owed.includes(keyId) && !owed.includes(label)) {
        this.#report(5, this.#at, `the key ${keyId} (${label}) is nobody's and is not owed`);
      }
    }
  }

  #take(entry: LedgerEntry): void {
    this.#at = entry.at;
    const { operation, subject = '', detail = {} } = entry;
    const trace = typeof detail.trace === 'string' ? detail.trace : undefined;
    const byApp = detail.by === this.options.app;
    switch (operation) {
      case 'password.added':
        if (trace !== undefined) {
          this.#keys.set(trace, {
            keyId: subject,
            label: typeof detail.displayName === 'string' ? detail.displayName : null,
            endsAt: Date.parse(String(detail.endDateTime)),
            removed: false,
          });
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
        this.#stored.delete(subject);
        this.#running.delete(subject);
        return;
      case 'runtime.stopped':
        this.#running.delete(subject);
        return;
      case 'airflow.up':
        this.#started(entry, trace);
        return;
      case 'version.added':
        if (subject.includes(`/secrets/${this.options.secret}/`)) this.#committed(entry, trace ?? '');
        return;
      default:
        return;
    }
  }

  #removed({ at }: LedgerEntry, trace: string, byApp: boolean): void {
    const key = this.#keys.get(trace);
    if (key) key.removed = true;
    if (!byApp) return;
    for (const [runtime, held] of this.#stored) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} has`);
    }
    for (const [runtime, held] of this.#running) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} runs with`);
    }
    if (this.#current === trace) this.#report(4, at, `removed ${key?.keyId}, which everybody reads`);
  }

  #written(entry: LedgerEntry, trace: string | undefined, byApp: boolean): void {
    const { at, subject = '', detail = {}, operation } = entry;
    const before = this.#foreign.get(subject);
    const foreign = String(detail.foreign);
    this.#foreign.set(subject, foreign);
    if (trace === undefined) this.#stored.delete(subject);
    else this.#stored.set(subject, trace);
    if (!byApp || operation === 'runtime.created') return;
    if (before !== undefined && before !== foreign) {
      this.#report(1, at, `settings of somebody else changed in ${nameOf(subject)}`);
    }
    if (detail.unchanged === true) this.#report(10, at, `wrote ${nameOf(subject)} and changed nothing`);
    if (trace !== undefined && !this.#lives(trace, at)) {
      this.#report(4, at, `put a dead credential into ${nameOf(subject)}`);
    }
  }

  #started({ at, subject = '' }: LedgerEntry, trace: string | undefined): void {
    if (trace === undefined) {
      this.#running.delete(subject);
      return;
    }
    this.#running.set(subject, trace);
    if (this.#keys.has(trace) && !this.#lives(trace, at)) {
      this.#report(4, at, `${nameOf(subject)} started with a dead credential`);
    }
  }

  #committed({ at }: LedgerEntry, trace: string): void {
    this.#current = trace;
    if (this.#keys.has(trace) && !this.#lives(trace, at)) this.#report(4, at, 'committed a dead credential');
  }

  #lives(trace: string, at: string): boolean {
    const key = this.#keys.get(trace);
    return key !== undefined && !key.removed && Date.parse(at) < key.endsAt;
  }

  #report(rule: number, at: string, what: string): void {
    this.#violations.push({ rule, at, what });
  }
}

function nameOf(runtime: string): string {
  return runtime.split('/').at(-1) ?? runtime;
}
