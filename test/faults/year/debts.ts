/** What sweeps say is owed, and for how long, but for what somebody broke. */
import { type Checks, OLDEST_DEBT_DAYS } from './checks.js';
import { type Instance, outputOf } from './instances.js';

const DAY_MS = 24 * 3600_000;

export class Debts {
  readonly #owedTooLong = new Set<string>();
  /** By name: runtimes that somebody broke, and until when, milliseconds. */
  readonly #brokenUntil = new Map<string, number>();
  /** By debt: those that kept it once, also where something else keeps it after their repair. */
  readonly #keptBy = new Map<string, ReadonlySet<string>>();
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
        const debt = `${credential} ${kind} ${what}`;
        const excusedUntil = this.#excusedUntil(`${debt} ${since}`, `${what} ${reason}`);
        const days = (at - Math.max(Date.parse(since), excusedUntil)) / DAY_MS;
        this.oldestDays = Math.max(this.oldestDays, days);
        if (days <= OLDEST_DEBT_DAYS || this.#owedTooLong.has(debt)) continue;
        this.#owedTooLong.add(debt);
        this.checks.break('owed', `owed for more than ${OLDEST_DEBT_DAYS} days: ${debt}: ${reason}`);
      }
    }
  }

  #excusedUntil(debt: string, words: string): number {
    const named = [...this.#brokenUntil.keys()].filter((name) =>
      new RegExp(`/${name}(?![\\w-])`, 'i').test(words),
    );
    const keptBy = new Set([...(this.#keptBy.get(debt) ?? []), ...named]);
    this.#keptBy.set(debt, keptBy);
    return Math.max(0, ...[...keptBy].map((name) => this.#brokenUntil.get(name) ?? 0));
  }
}
