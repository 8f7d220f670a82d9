/** Looks at the year day by day: what was told, what ended how, what is owed, what has no end, what broke a rule. */
import { PRINCIPALS, runtimeId } from '../../../local/scenario/names.js';
import { Auditor } from '../audit.js';
import { EXTERNAL, MINTED } from './config.js';
import { type Instance, instancesOf, outputOf } from './instances.js';
import type { World } from './world.js';
import { Writes } from './writes.js';

const DAY_MS = 24 * 3600_000;
/** A rotation that waits for its approval, for a weekly window and its overlap has ended by then. */
const LONGEST_DAYS = 14;
const OLDEST_DEBT_DAYS = 7;
/** Credentials of 90 days that are due 30 days before their end: a fleet that moves again so soon was moved in vain. */
const SOONEST_AGAIN_DAYS = 20;

/** Ends that nobody needs to look at. */
const USUAL = new Set([
  'upToDate',
  'busy',
  'tooSoon',
  'planned',
  'enabled',
  'alreadyEnabled',
  'accessProven',
  'swept',
  'duplicate',
  'gone',
]);
const EXPLAINED = new Set([...USUAL, 'rotated', 'cancelled']);

/** What a year is asked for. */
export const CHECKS = {
  dead: 'no runtime held a credential that the directory refuses, by the doing of the app',
  rules: 'no other rule of the ledger was broken',
  leftOver: 'no key is left over',
  owed: `no debt was older than ${OLDEST_DEBT_DAYS} days, but for what a broken check keeps`,
  ends: 'every run ended, and said why',
  uniform: 'every runtime has the current version, and none was moved in vain',
  told: 'somebody was told of everything that needed somebody',
  growth: 'what is kept grew with the fleet, not with time',
} as const;
export type Check = keyof typeof CHECKS;

interface Told {
  readonly type: string;
  readonly day: number;
  readonly about: string;
}

/** What somebody has to hear of between two days, by an event. */
export interface ToBeTold {
  readonly from: number;
  readonly to: number;
  readonly what: string;
  /** Of the event; absent: one that asks for somebody. */
  readonly type?: RegExp;
  /** What the event has to name, known by then. */
  readonly about?: () => string;
}

/** Events that ask for somebody. */
const NEED_SOMEBODY =
  /Failed|Straggler|RolledBack|Expiring|Debt|Refused|Unreachable|Stopped|Interrupted|Overdue/;

export class Watch {
  readonly #auditor = new Auditor({ app: PRINCIPALS.app, secret: [MINTED.secret, EXTERNAL.secret] });
  readonly #writes = new Writes(PRINCIPALS.app);
  readonly #ended = new Set<string>();
  readonly #firstSeen = new Map<string, number>();
  readonly #published = new Set<string>();
  readonly #owedTooLong = new Set<string>();
  readonly told: Told[] = [];
  readonly #toBeTold: ToBeTold[] = [];
  /** Of what the last sweep said is owed. */
  oldestDebtDays = 0;
  /** By name: runtimes that somebody broke, and until when, milliseconds. */
  readonly #brokenUntil = new Map<string, number>();
  /** Runtimes into which somebody put a dead key, and when. */
  readonly #killed = new Map<string, number>();
  readonly violations: string[] = [];
  /** How often each check has failed. */
  readonly broken = new Map<Check, number>();
  readonly outcomes = new Map<string, number>();
  /** By credential: when the fleet last moved to another version. */
  readonly #moved = new Map<string, number>();
  /** By credential: when somebody wrote a version besides those that are due, until the fleet has moved to it. */
  readonly #written = new Map<string, readonly number[]>();
  /** What ended otherwise than usual since the last look, and how often in the same words. */
  readonly #notes = new Map<string, number>();
  #seen = 0;
  #audited = 0;

  constructor(
    private readonly world: World,
    private readonly say: (line: string) => void,
  ) {}

  /** Looks at what the last days have brought. */
  async look(): Promise<void> {
    const now = await this.world.now();
    const { client } = this.world;
    const entries = await client.ledger({ since: this.#seen });
    this.#seen = entries.at(-1)?.n ?? this.#seen;
    this.#auditor.take(entries);
    this.#writes.take(entries);
    this.#auditor.lookAt(new Date(now).toISOString());
    for (const { rule, at, what } of this.#auditor.violations.slice(this.#audited)) {
      this.break(rule === 4 ? 'dead' : 'rules', `rule ${rule}: ${what} (${at})`);
    }
    this.#audited = this.#auditor.violations.length;
    await this.#listen();
    for (const instance of await instancesOf(client, { since: now - 3 * DAY_MS })) this.#end(instance);
    for (const [line, count] of this.#notes) this.say(count > 1 ? `${line} (×${count})` : line);
    this.#notes.clear();
    await this.#lookForEndless(now);
    this.#lookForDead(now);
  }

  /** Somebody has to be told of this. */
  toBeTold(...some: readonly ToBeTold[]): void {
    this.#toBeTold.push(...some);
  }

  /** What this keeps from being paid, nobody but who broke it can pay. */
  damaged(name: string): void {
    this.#brokenUntil.set(name, Infinity);
  }

  async mended(name: string): Promise<void> {
    this.#brokenUntil.set(name, await this.world.now());
  }

  /** Somebody puts a dead key into a runtime: that is not the app's doing, if it is not so for long. */
  async killed(name: string): Promise<void> {
    this.#killed.set(name, await this.world.now());
    this.#auditor.excuse(runtimeId(name));
  }

  /** Breaks a rule unless the runtimes of a credential have its current version. */
  lookWhoHas(credential: { readonly secret: string }, when: string): void {
    if (!this.#auditor.isUniform(this.world.having(credential).ids, credential.secret))
      this.break('uniform', `not every runtime has the version of ${credential.secret} ${when}`);
  }

  /** The last word, after so many days: on what must not be there after quiet ones, and on what nobody was told. */
  close(days: number): void {
    for (const { from, to, what, type = NEED_SOMEBODY, about } of this.#toBeTold) {
      if (to + 1 > days) continue;
      const named = about?.() ?? '';
      if (
        !this.told.some(
          (one) => one.day > from && one.day <= to + 1 && type.test(one.type) && one.about.includes(named),
        )
      )
        this.break('told', `nobody was told of ${what}`);
    }
    for (const keyId of this.#auditor.leftOver()) this.break('leftOver', `the key ${keyId} is left over`);
    for (const credential of [MINTED, EXTERNAL]) this.lookWhoHas(credential, 'at the end');
  }

  /** Somebody writes another version, which is no time yet: that the fleet moves to it is no wonder. */
  async written(credential: string): Promise<void> {
    const before = this.#written.get(credential) ?? [];
    this.#written.set(credential, [...before, await this.world.now()]);
  }

  break(check: Check, what: string): void {
    this.broken.set(check, (this.broken.get(check) ?? 0) + 1);
    this.violations.push(what);
    this.say(`VIOLATION ${what}`);
  }

  async #listen(): Promise<void> {
    const day = Math.floor(((await this.world.now()) - this.world.begin) / DAY_MS);
    const fresh = new Map<string, number>();
    for (const event of (await this.world.client.published()) as readonly Record<string, unknown>[]) {
      const id = String(event.id);
      if (this.#published.has(id)) continue;
      this.#published.add(id);
      const type = String(event.type ?? event.eventType).replace(/^Airlock\.|\.v1$/g, '');
      this.told.push({ type, day, about: JSON.stringify(event.data ?? {}) });
      fresh.set(type, (fresh.get(type) ?? 0) + 1);
    }
    const worthTelling = [...fresh].filter(([type]) => type !== 'RuntimeEnabled');
    if (worthTelling.length === 0) return;
    this.say(
      `events: ${worthTelling.map(([type, count]) => (count > 1 ? `${type} ×${count}` : type)).join(', ')}`,
    );
  }

  #end(instance: Instance): void {
    const { instanceId, name, runtimeStatus, parentInstanceId } = instance;
    if (!/Completed|Failed|Terminated/.test(runtimeStatus) || this.#ended.has(instanceId)) return;
    this.#ended.add(instanceId);
    this.#firstSeen.delete(instanceId);
    if (name === 'sweep') this.#owe(instance);
    if (parentInstanceId !== undefined) return;
    const { outcome = runtimeStatus, problem, summary } = outputOf(instance);
    const end = `${name} ${[outcome, problem?.code].filter(Boolean).join(' ')}`;
    this.outcomes.set(end, (this.outcomes.get(end) ?? 0) + 1);
    if (runtimeStatus !== 'Completed') {
      this.say(`${name} ${instanceId} was ended by the host: ${runtimeStatus}`);
      return;
    }
    if (!USUAL.has(outcome))
      this.#note(`${name}: ${outcome}${problem ? ` ${problem.code}` : ''}. ${summary ?? ''}`);
    this.#move(instance);
    if (!EXPLAINED.has(outcome) && !problem?.remedy)
      this.break('ends', `the outcome ${outcome} of ${name} ${instanceId} has no problem with a remedy`);
  }

  #note(line: string): void {
    this.#notes.set(line, (this.#notes.get(line) ?? 0) + 1);
  }

  /** A rotation that has moved the fleet, unless the one before was too near. */
  #move(instance: Instance): void {
    const { credential, outcome } = outputOf(instance);
    if (credential === undefined || !outcome?.startsWith('rotated')) return;
    const at = Date.parse(instance.lastUpdatedTime);
    const { ids } = this.world.having({ secret: credential });
    if (this.#writes.count(ids, Date.parse(instance.createdTime), at) < 2) return;
    const before = this.#moved.get(credential);
    this.#moved.set(credential, at);
    if (before === undefined || at - before > SOONEST_AGAIN_DAYS * DAY_MS) return;
    const written = this.#written.get(credential) ?? [];
    const lately = written.filter((one) => at - one < LONGEST_DAYS * DAY_MS);
    this.#written.set(credential, lately.slice(1));
    if (lately.length > 0) return;
    const days = Math.round((at - before) / DAY_MS);
    this.break(
      'uniform',
      `the fleet of ${credential} was moved again after ${days} days, by ${instance.instanceId}`,
    );
  }

  /** What a sweep found to be owed. */
  #owe(sweep: Instance): void {
    const at = Date.parse(sweep.lastUpdatedTime);
    this.oldestDebtDays = 0;
    for (const { credential, debts } of outputOf(sweep).credentials ?? []) {
      for (const { kind, what, since, reason } of debts) {
        const days = (at - Math.max(Date.parse(since), this.#excusedUntil(`${what} ${reason}`))) / DAY_MS;
        const debt = `${credential} ${kind} ${what}`;
        this.oldestDebtDays = Math.max(this.oldestDebtDays, days);
        if (days <= OLDEST_DEBT_DAYS || this.#owedTooLong.has(debt)) continue;
        this.#owedTooLong.add(debt);
        this.break('owed', `owed for more than ${OLDEST_DEBT_DAYS} days: ${debt}: ${reason}`);
      }
    }
  }

  #lookForDead(now: number): void {
    for (const [name, since] of this.#killed) {
      if (now - since < DAY_MS) continue;
      if (this.#auditor.runsDead(runtimeId(name)))
        this.break('dead', `${name} still runs with a dead key a day after somebody put it there`);
      this.#killed.delete(name);
      this.#auditor.excuse(runtimeId(name), false);
    }
  }

  #excusedUntil(debt: string): number {
    const named = [...this.#brokenUntil].filter(([name]) => new RegExp(`/${name}(?![\\w-])`, 'i').test(debt));
    return Math.max(0, ...named.map(([, until]) => until));
  }

  async #lookForEndless(now: number): Promise<void> {
    const working = await instancesOf(this.world.client, { statuses: ['Pending', 'Running', 'Suspended'] });
    for (const { instanceId, name } of working) {
      const first = this.#firstSeen.get(instanceId) ?? now;
      this.#firstSeen.set(instanceId, first);
      if (now - first <= LONGEST_DAYS * DAY_MS) continue;
      // Told once.
      this.#firstSeen.set(instanceId, Infinity);
      this.break('ends', `${name} ${instanceId} has no end after ${LONGEST_DAYS} days`);
    }
  }
}
