/** Who owns the credentials: approves rotations, writes the versions that the app does not mint, clears up what it names. */
import { comesBack, goesAway, post, removeNewestKey } from '../others.js';
import { EXTERNAL, MINTED } from './config.js';
import { instancesOf } from './instances.js';
import type { Watch } from './watch.js';
import type { Version, World } from './world.js';

const MINUTE = 60;
const HOUR = 3600;
/** After this day an approval comes too late once. */
const LATE_FROM_DAY = 100;
/** Credentials of 90 days that are notified of 30 days before their end. */
const SOONEST_DAYS = 40;
const LATEST_DAYS = 85;
/** Somebody who is told that a key is still carried has dealt with it by then. */
const CLEARED_AFTER_DAYS = 3;
/** A version that was written right after a sweep is what the whole fleet has by then. */
const FOLLOWED_AFTER_HOURS = 5;

interface FollowUp {
  readonly day: number;
  readonly description: string;
  apply(): Promise<void>;
}

export class CredentialOwner {
  #late: { readonly runId: string; readonly until: number } | undefined;
  #wasLate = false;
  #expiringSeen = 0;
  #writtenDay = 0;
  #followUps: readonly FollowUp[] = [];
  #approved = 0;
  readonly #versions = [
    (day: number) => this.#wrong(day),
    () => this.#corrected(),
    (day: number) => this.#straggling(day),
    (day: number) => this.#twice(day),
    (day: number) => this.#bare(day),
  ];

  constructor(
    private readonly world: World,
    private readonly watch: Watch,
    private readonly say: (line: string) => void,
  ) {}

  /** Once a day. */
  async work(day: number): Promise<void> {
    const due = this.#followUps.filter((followUp) => followUp.day <= day);
    this.#followUps = this.#followUps.filter((followUp) => followUp.day > day);
    for (const { description, apply } of due) {
      this.say(description);
      await apply();
    }
    await this.#approve(day);
    await this.#write(day);
    await this.#clearUp();
  }

  #later(day: number, description: string, apply: FollowUp['apply']): void {
    this.#followUps = [...this.#followUps, { day, description, apply }];
  }

  async #write(day: number): Promise<void> {
    const expiring = this.watch.notifications.all.filter(
      ({ type, about }) => type === 'CredentialExpiring' && about.includes(EXTERNAL.secret),
    );
    const isTold = expiring.length > this.#expiringSeen;
    this.#expiringSeen = expiring.length;
    const days = day - this.#writtenDay;
    if (days > LATEST_DAYS)
      this.watch.checks.break('notified', `nobody was told that ${EXTERNAL.secret} expires`);
    else if (days <= SOONEST_DAYS || !isTold) return;
    this.#writtenDay = day;
    const version = this.#versions.shift();
    if (version) return version(day);
    this.say(`told that it expires, somebody writes the next version of ${EXTERNAL.secret}`);
    await this.world.writeVersion(EXTERNAL);
  }

  /** As a command without tags and expiry leaves it; then what the remedy says, and the same value once more. */
  async #bare(day: number): Promise<void> {
    this.say(`somebody writes the next version of ${EXTERNAL.secret} without tag and expiry`);
    const { value, endsOn } = await this.world.mint(EXTERNAL);
    const version = await this.world.write(EXTERNAL, { value });
    this.watch.notifications.expect({
      from: day,
      to: day + 2,
      what: 'a version whose end is not known',
      about: () => EXTERNAL.secret,
    });
    this.#later(day + 2, 'told that its end is not known, somebody gives it one', () =>
      this.world.setExpiry(EXTERNAL, version, endsOn),
    );
    this.#later(day + 3, 'somebody writes the same value once more', async () => {
      await this.world.write(EXTERNAL, { value, endsOn });
    });
  }

  /** A value that is none, and the right one of the same key as soon as the rotation has gone back: nothing waits for it. */
  async #corrected(): Promise<void> {
    const right = await this.#writeWrong();
    await this.world.client.advance(HOUR / 2);
    this.say('somebody writes the right value of the same key');
    await this.watch.fleetMoves.written(EXTERNAL.secret);
    await this.world.write(EXTERNAL, right);
    await this.#followed();
  }

  /** A value that is none, and a day later another version, which too many cannot prove: what they go back to is what they had. */
  async #wrong(day: number): Promise<void> {
    await this.#writeWrong();
    const broken = this.world.having(EXTERNAL).names.slice(-2);
    this.#later(day + 1, 'two checks are broken, and somebody writes another version', async () => {
      await this.watch.fleetMoves.written(EXTERNAL.secret);
      await this.#setChecks(broken, 'forged');
      await this.world.writeVersion(EXTERNAL);
    });
    this.#later(day + 2, 'those checks are repaired', () => this.#setChecks(broken, 'normal'));
  }

  async #setChecks(names: readonly string[], behaviour: 'forged' | 'normal'): Promise<void> {
    for (const name of names)
      await this.world.client.setAirflow(name, { dags: { airlock_check: { behaviour } } });
  }

  /** Gives the right one. */
  async #writeWrong(): Promise<Version> {
    this.say(`somebody writes a wrong value as the next version of ${EXTERNAL.secret}`);
    const version = await this.world.mint(EXTERNAL);
    await this.world.write(EXTERNAL, { ...version, value: `${version.value.slice(0, -4)}oops` });
    return version;
  }

  /** Before the next sweep, the whole fleet has what was written last. */
  async #followed(): Promise<void> {
    await this.world.client.advance(FOLLOWED_AFTER_HOURS * HOUR);
    await this.watch.look();
    this.watch.expectUniform(EXTERNAL, `${FOLLOWED_AFTER_HOURS} h after it was written`);
  }

  /** One runtime cannot prove its access for a day, and then Entra is away while it is tried again. */
  async #straggling(day: number): Promise<void> {
    const one = this.world.having(EXTERNAL).names.at(-1) ?? '';
    this.say(`the check of ${one} is broken, and somebody writes the next version of ${EXTERNAL.secret}`);
    const { client } = this.world;
    await this.#setChecks([one], 'forged');
    await this.world.writeVersion(EXTERNAL);
    this.#later(day + 1, 'that check is repaired, and Entra is away for a day', async () => {
      await this.#setChecks([one], 'normal');
      await goesAway(client, 'entra');
    });
    this.#later(day + 2, 'Entra is back', () => comesBack(client, 'entra'));
  }

  /** Two versions within minutes, the second while the first is being moved; and nobody can be told for five days. */
  async #twice(day: number): Promise<void> {
    const { client } = this.world;
    await client.advance(HOUR);
    this.say(
      `Event Grid's topic is away for five days, and two versions of ${EXTERNAL.secret} come within minutes`,
    );
    await client.addFault({
      id: 'topic',
      match: { service: 'eventGrid', operation: 'events.publish' },
      action: { kind: 'drop' },
    });
    this.#later(day + 5, 'the topic is back', () => client.removeFault('topic'));
    this.watch.notifications.expect({
      from: day + 4,
      to: day + 8,
      what: 'the rotation that ended while the topic was away',
      type: /RotationCompleted/,
      about: () => EXTERNAL.secret,
    });
    await this.world.writeVersion(EXTERNAL);
    await client.advance(5 * MINUTE);
    await this.watch.fleetMoves.written(EXTERNAL.secret);
    await this.world.writeVersion(EXTERNAL);
    await this.#followed();
  }

  /** What the first runs that could be approved in time come to, after the one that was approved too late. */
  readonly #approvals: readonly Approval[] = [
    {
      description: 'somebody removes the newest key, and then approves',
      before: () => removeNewestKey(this.world.client),
    },
    {
      description: 'somebody writes another version while the pilot moves, having approved',
      after: async () => {
        await this.world.client.advance(5 * MINUTE);
        await this.watch.fleetMoves.written(MINTED.secret);
        await this.world.writeVersion(MINTED);
      },
    },
  ];

  async #approve(day: number): Promise<void> {
    const now = await this.world.now();
    for (const { instanceId, customStatus } of await instancesOf(this.world.client, {
      statuses: ['Running'],
    })) {
      const { waitingFor } = (customStatus ?? {}) as { waitingFor?: { gate: string; until: string } };
      if (waitingFor === undefined) continue;
      if (day >= LATE_FROM_DAY && !this.#wasLate) {
        this.#late ??= { runId: instanceId, until: Date.parse(waitingFor.until) };
        continue;
      }
      const approval: Approval = (this.#wasLate ? this.#approvals[this.#approved++] : undefined) ?? {
        description: 'somebody approves',
      };
      this.say(`${approval.description} ${instanceId}`);
      await approval.before?.();
      await this.#answer(instanceId, waitingFor.gate);
      await approval.after?.();
    }
    if (!this.#late || this.#wasLate || now < this.#late.until) return;
    this.#wasLate = true;
    this.say(`somebody approves ${this.#late.runId}, too late`);
    await this.#answer(this.#late.runId, 'pilot');
  }

  /** Whoever hears for days that a key is still had deletes the runtimes that have it. */
  async #clearUp(): Promise<void> {
    if (this.watch.debts.oldestDays < CLEARED_AFTER_DAYS || !this.world.hasOdd) return;
    this.say('told of what is owed, somebody deletes the runtimes that are hard to read');
    await this.world.removeOdd();
  }

  #answer(runId: string, gate: string): Promise<void> {
    return post(this.world.client, `/api/runs/${runId}/approve`, { gate, decision: 'approve' });
  }
}

interface Approval {
  readonly description: string;
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}
