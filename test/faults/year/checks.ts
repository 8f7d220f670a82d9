/** What a year is asked for, and how often it was not so. */

export const OLDEST_DEBT_DAYS = 7;

/** What a year is asked for. */
export const CHECKS = {
  dead: 'no runtime held a credential that the directory refuses, by the doing of the app',
  rules: 'no other rule of the ledger was broken',
  leftOver: 'no key is left over',
  owed: `no debt was older than ${OLDEST_DEBT_DAYS} days, but for what a broken check keeps`,
  ends: 'every run ended, and said why',
  uniform: 'every runtime has the current version, and none was moved in vain',
  notified: 'somebody was told of everything that needed somebody',
  growth: 'what is kept grew with the fleet, not with time',
} as const;
export type Check = keyof typeof CHECKS;

export class Checks {
  readonly violations: string[] = [];
  /** How often each check has failed. */
  readonly broken = new Map<Check, number>();

  constructor(private readonly say: (line: string) => void) {}

  break(check: Check, what: string): void {
    this.broken.set(check, (this.broken.get(check) ?? 0) + 1);
    this.violations.push(what);
    this.say(`VIOLATION ${what}`);
  }
}
