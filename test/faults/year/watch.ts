/** Looks at the year day by day: what was told, what ended how, what is owed, what has no end, what broke a rule. */
import { PRINCIPALS, runtimeId } from '../../../local/sample/names.js';
import { Auditor } from '../audit.js';
import { Checks } from './checks.js';
import { EXTERNAL, MINTED } from './config.js';
import { Debts } from './debts.js';
import { FleetMoves, LONGEST_DAYS } from './fleetMoves.js';
import { type Instance, instancesOf, outputOf } from './instances.js';
import { Notifications } from './notifications.js';
import type { World } from './world.js';
import { Writes } from './writes.js';

const DAY_MS = 24 * 3600_000;

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

export class Watch {
  readonly #auditor = new Auditor({ app: PRINCIPALS.app, secret: [MINTED.secret, EXTERNAL.secret] });
  readonly #writes = new Writes(PRINCIPALS.app);
  readonly checks: Checks;
  readonly notifications: Notifications;
  readonly debts: Debts;
  readonly fleetMoves: FleetMoves;
  readonly #ended = new Set<string>();
  readonly #firstSeen = new Map<string, number>();
  /** Runtimes into which somebody put a dead key, and when. */
  readonly #killed = new Map<string, number>();
  readonly outcomes = new Map<string, number>();
  /** What ended otherwise than usual since the last look, and how often in the same words. */
  readonly #notes = new Map<string, number>();
  #seen = 0;
  #audited = 0;

  constructor(
    private readonly world: World,
    private readonly say: (line: string) => void,
  ) {
    this.checks = new Checks(say);
    this.notifications = new Notifications(world, this.checks, say);
    this.debts = new Debts(this.checks);
    this.fleetMoves = new FleetMoves(world, this.#writes, this.checks);
  }

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
      this.checks.break(rule === 4 ? 'dead' : 'rules', `rule ${rule}: ${what} (${at})`);
    }
    this.#audited = this.#auditor.violations.length;
    await this.notifications.listen();
    for (const instance of await instancesOf(client, { since: now - 3 * DAY_MS })) this.#end(instance);
    for (const [line, count] of this.#notes) this.say(count > 1 ? `${line} (×${count})` : line);
    this.#notes.clear();
    await this.#lookForEndless(now);
    this.#lookForDead(now);
  }

  /** Somebody puts a dead key into a runtime: that is not the app's doing, if it is not so for long. */
  async killed(name: string): Promise<void> {
    this.#killed.set(name, await this.world.now());
    this.#auditor.excuse(runtimeId(name));
  }

  /** Breaks a rule unless the runtimes of a credential have its current version. */
  expectUniform(credential: { readonly secret: string }, when: string): void {
    if (!this.#auditor.holdings.isUniform(this.world.having(credential).ids, credential.secret))
      this.checks.break('uniform', `not every runtime has the version of ${credential.secret} ${when}`);
  }

  /** The last word, after so many days: on what must not be there after quiet ones, and on what nobody was told. */
  close(days: number): void {
    this.notifications.close(days);
    for (const keyId of this.#auditor.holdings.leftOver())
      this.checks.break('leftOver', `the key ${keyId} is left over`);
    for (const credential of [MINTED, EXTERNAL]) this.expectUniform(credential, 'at the end');
  }

  #end(instance: Instance): void {
    const { instanceId, name, runtimeStatus, parentInstanceId } = instance;
    if (!/Completed|Failed|Terminated/.test(runtimeStatus) || this.#ended.has(instanceId)) return;
    this.#ended.add(instanceId);
    this.#firstSeen.delete(instanceId);
    if (name === 'sweep') this.debts.take(instance);
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
    this.fleetMoves.ended(instance);
    if (!EXPLAINED.has(outcome) && !problem?.remedy)
      this.checks.break(
        'ends',
        `the outcome ${outcome} of ${name} ${instanceId} has no problem with a remedy`,
      );
  }

  #note(line: string): void {
    this.#notes.set(line, (this.#notes.get(line) ?? 0) + 1);
  }

  #lookForDead(now: number): void {
    for (const [name, since] of this.#killed) {
      if (now - since < DAY_MS) continue;
      if (this.#auditor.runsDead(runtimeId(name)))
        this.checks.break('dead', `${name} still runs with a dead key a day after somebody put it there`);
      this.#killed.delete(name);
      this.#auditor.excuse(runtimeId(name), false);
    }
  }

  async #lookForEndless(now: number): Promise<void> {
    const working = await instancesOf(this.world.client, { statuses: ['Pending', 'Running', 'Suspended'] });
    for (const { instanceId, name } of working) {
      const first = this.#firstSeen.get(instanceId) ?? now;
      this.#firstSeen.set(instanceId, first);
      if (now - first <= LONGEST_DAYS * DAY_MS) continue;
      // Reported once.
      this.#firstSeen.set(instanceId, Infinity);
      this.checks.break('ends', `${name} ${instanceId} has no end after ${LONGEST_DAYS} days`);
    }
  }
}
