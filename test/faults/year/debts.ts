/** What sweeps say is owed, and for how long, but for what somebody broke. */
import { type Checks, OLDEST_DEBT_DAYS } from './checks.js';
import { type Instance, outputOf } from './instances.js';

const DAY_MS = 24 * 3600_000;

export class Debts {
  readonly #owedTooLong = new Set<string>();
  /** By name: runtimes that somebody broke, and until when, milliseconds. */
  readonly #brokenUntil = new Map<string, number>();
  /** Of what the last sweep said is owed. */
  oldestDays = 0;

  constructor(private readonly checks: Checks) {}

  /** What this keeps from being paid, nobody but who broke it can pay; absent: it is not repaired yet. */
  broken(name: string, until = Infinity): void {
    this.#brokenUntil.set(name, until);
  }

  /** What a sweep found to be owed. */
  take(sweep: Instance): void {
    const at = Date.parse(sweep.lastUpdatedTime);
    this.oldestDays = 0;
    for (const { credential, debts } of outputOf(sweep).credentials ?? []) {
      for (const { kind, what, since, reason } of debts) {
        const days = (at - Math.max(Date.parse(since), this.#excusedUntil(`${what} ${reason}`))) / DAY_MS;
        const debt = `${credential} ${kind} ${what}`;
        this.oldestDays = Math.max(this.oldestDays, days);
        if (days <= OLDEST_DEBT_DAYS || this.#owedTooLong.has(debt)) continue;
        this.#owedTooLong.add(debt);
        this.checks.break('owed', `owed for more than ${OLDEST_DEBT_DAYS} days: ${debt}: ${reason}`);
      }
    }
  }

  #excusedUntil(debt: string): number {
    const named = [...this.#brokenUntil].filter(([name]) => new RegExp(`/${name}(?![\\w-])`, 'i').test(debt));
    return Math.max(0, ...named.map(([, until]) => until));
  }
}
