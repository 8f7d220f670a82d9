/**
 * What may never happen, checked against the emulated cloud's own ledger: who held what at which moment of its clock,
 * not what the app says of itself.
 */
import type { LedgerEntry } from '../../local/kernel/types.js';
import { RUN_TAG } from '../../src/domain/rotation/pending.js';
import { Expiries } from './expiries.js';
import { Holdings } from './holdings.js';
import { InstanceStarts } from './instanceStarts.js';
import { isOtherHubs } from './otherHub.js';
import { nameOf, OthersSettings } from './othersSettings.js';
import { RotationOrder } from './rotationOrder.js';
import { misplacedToken } from './tokenAudiences.js';

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
  outstanding: readonly string[] = [],
): readonly Violation[] {
  const auditor = new Auditor(options);
  auditor.take(entries);
  auditor.endRun(outstanding);
  return auditor.violations;
}

/** The same in parts, for a cloud on which one run follows another. */
export class Auditor {
  readonly #violations: Violation[] = [];
  readonly #holdings = new Holdings();
  readonly #expiries = new Expiries(this.#holdings);
  readonly #starts = new InstanceStarts();
  readonly #rotations = new RotationOrder();
  readonly #others = new OthersSettings();
  /** Names that an Airflow of this cloud had: Azure's own, also once the runtime is gone and its name leads nowhere. */
  readonly #airflowHosts = new Set<string>();
  #at = '';

  constructor(private readonly options: AuditOptions) {}

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** Who holds what by the entries that were taken. */
  get holdings(): Holdings {
    return this.#holdings;
  }

  /** Whether the processes of a runtime run with a key that is gone. */
  runsDead(runtime: string): boolean {
    const trace = this.#holdings.running.get(runtime.toLowerCase());
    return trace !== undefined && !this.#holdings.lives(trace, this.#at);
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
    this.#expiries.excuse(runtime, excused);
  }

  /**
   * After a run has ended: every key with the app's label is in use, or a debt.
   *
   * @param outstanding ids and labels of keys that are debts, as the app says
   */
  endRun(outstanding: readonly string[]): void {
    const inUse = this.#holdings.inUse();
    for (const [trace, key] of this.#holdings.keys) {
      const { keyId, label } = key;
      if (!key.ours || key.removed || inUse.has(trace)) continue;
      if (!outstanding.includes(keyId) && !outstanding.includes(label ?? '')) {
        this.#report(5, this.#at, `the key ${keyId} (${label}) is nobody's and no debt`);
      }
    }
  }

  #take(entry: LedgerEntry): void {
    this.#at = entry.at;
    this.#lookForExpired();
    const { operation, subject = '', detail = {} } = entry;
    const trace = typeof detail['trace'] === 'string' ? detail['trace'] : undefined;
    const byApp = detail['by'] === this.options.app;
    if (entry.caller === this.options.app) this.#reportIf(12, entry.at, misplacedToken(entry));
    switch (operation) {
      case 'orchestration.started':
        this.#reportIf(3, entry.at, this.#starts.started(entry));
        return;
      case 'orchestration.repeated':
        this.#starts.repeated(subject);
        return;
      case 'secret.leaked':
        this.#report(6, entry.at, `${subject} holds the ${String(detail['value'])}`);
        return;
      case 'refused':
        if (entry.service === 'proxy' && !this.#airflowHosts.has(subject))
          this.#report(12, entry.at, `called ${subject}, which is no host of Azure`);
        return;
      case 'password.added':
        if (trace !== undefined) {
          const label = typeof detail['displayName'] === 'string' ? detail['displayName'] : null;
          const endsAt = Date.parse(String(detail['endDateTime']));
          const ours = label?.startsWith('airlock ') === true && !isOtherHubs(label);
          this.#holdings.keys.set(trace, { keyId: subject, label, endsAt, ours, removed: false });
          if (ours) this.#changed(entry, /^airlock \S+ (\S+)$/.exec(label ?? '')?.[1]);
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
        this.#holdings.stored.delete(subject.toLowerCase());
        this.#runsWith(subject, undefined);
        return;
      case 'runtime.stopped':
        this.#runsWith(subject, undefined);
        return;
      case 'airflow.up':
        this.#airflowHosts.add(`${String(detail['host'])}:443`);
        this.#started(entry, trace);
        return;
      case 'version.added': {
        const runId = (detail['tags'] as Readonly<Record<string, string>> | undefined)?.[RUN_TAG];
        const secret = this.#secrets.find((name) => subject.includes(`/secrets/${name}/`));
        if (secret !== undefined) this.#committed(entry, secret, trace ?? '', runId);
        this.#changed(entry, runId);
        return;
      }
      default:
        return;
    }
  }

  #removed({ at }: LedgerEntry, trace: string, byApp: boolean): void {
    const key = this.#holdings.keys.get(trace);
    if (key) key.removed = true;
    if (!byApp) return;
    if (key && isOtherHubs(key.label)) {
      this.#report(16, at, `removed ${key.keyId}, which another task hub minted (${key.label})`);
    }
    for (const [runtime, held] of this.#holdings.stored) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} has`);
    }
    for (const [runtime, held] of this.#holdings.running) {
      if (held === trace) this.#report(4, at, `removed ${key?.keyId}, which ${nameOf(runtime)} runs with`);
    }
    for (const { trace: read } of this.#holdings.current.values()) {
      if (read === trace) this.#report(4, at, `removed ${key?.keyId}, which everybody reads`);
    }
  }

  #written(entry: LedgerEntry, trace: string | undefined, byApp: boolean): void {
    const { at, subject = '', operation } = entry;
    const broken = this.#others.written(entry);
    if (trace === undefined) this.#holdings.stored.delete(subject.toLowerCase());
    else this.#holdings.stored.set(subject.toLowerCase(), trace);
    if (!byApp || operation === 'runtime.created') return;
    for (const { rule, what } of broken) this.#report(rule, at, what);
    if (trace !== undefined && !this.#holdings.lives(trace, at)) {
      this.#report(4, at, `put a dead credential into ${nameOf(subject)}`);
    }
  }

  #started({ at, subject = '' }: LedgerEntry, trace: string | undefined): void {
    this.#runsWith(subject, trace);
    if (
      trace !== undefined &&
      this.#holdings.keys.has(trace) &&
      !this.#holdings.lives(trace, at) &&
      !this.#expiries.isExcused(subject)
    ) {
      this.#report(4, at, `${nameOf(subject)} started with a dead credential`);
      this.#expiries.know(subject, trace);
    }
  }

  #runsWith(runtime: string, trace: string | undefined): void {
    if (trace === undefined) this.#holdings.running.delete(runtime.toLowerCase());
    else this.#holdings.running.set(runtime.toLowerCase(), trace);
    this.#expiries.changed(runtime);
  }

  /** Processes that run with a key that has come to its end while the app looked after it. */
  #lookForExpired(): void {
    for (const [runtime, keyId] of this.#expiries.passed(this.#at))
      this.#report(4, this.#at, `${nameOf(runtime)} runs with ${keyId}, which has expired`);
  }

  get #secrets(): readonly string[] {
    const { secret } = this.options;
    return typeof secret === 'string' ? [secret] : secret;
  }

  #committed(entry: LedgerEntry, secret: string, trace: string, runId: string | undefined): void {
    const { at, n, detail } = entry;
    const before = this.#holdings.current.get(secret);
    const byApp = detail?.['by'] === this.options.app;
    this.#holdings.current.set(secret, { trace, n, ...(byApp ? { by: this.options.app } : {}) });
    if (!byApp) return;
    if (this.#holdings.keys.has(trace) && !this.#holdings.lives(trace, at))
      this.#report(4, at, 'committed a dead credential');
    const began = this.#rotations.beganAt(runId);
    if (before !== undefined && before.by === undefined && began !== undefined && before.n > began) {
      this.#report(
        16,
        at,
        `${runId} overwrote the version that somebody else wrote into ${secret} meanwhile`,
      );
    }
  }

  #changed(entry: LedgerEntry, runId: string | undefined): void {
    this.#reportIf(7, entry.at, this.#rotations.changed(entry, runId));
  }

  #reportIf(rule: number, at: string, what: string | undefined): void {
    if (what !== undefined) this.#report(rule, at, what);
  }

  #report(rule: number, at: string, what: string): void {
    this.#violations.push({ rule, at, what });
  }
}
