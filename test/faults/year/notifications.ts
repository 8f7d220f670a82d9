/** The app's events, day by day, and those that somebody has to hear of. */
import type { Checks } from './checks.js';
import type { World } from './world.js';

const DAY_MS = 24 * 3600_000;

interface Notification {
  readonly type: string;
  readonly day: number;
  readonly about: string;
}

/** What somebody has to hear of between two days, by an event. */
export interface ExpectedNotification {
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

export class Notifications {
  readonly all: Notification[] = [];
  readonly #expected: ExpectedNotification[] = [];
  readonly #published = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly checks: Checks,
    private readonly say: (line: string) => void,
  ) {}

  /** Somebody has to be told of this. */
  expect(...some: readonly ExpectedNotification[]): void {
    this.#expected.push(...some);
  }

  /** Takes the events that were sent since. */
  async listen(): Promise<void> {
    const day = Math.floor(((await this.world.now()) - this.world.begin) / DAY_MS);
    const fresh = new Map<string, number>();
    for (const event of (await this.world.client.published()) as readonly Record<string, unknown>[]) {
      const id = String(event['id']);
      if (this.#published.has(id)) continue;
      this.#published.add(id);
      const type = String(event['type'] ?? event['eventType']).replace(/^Airlock\.|\.v1$/g, '');
      this.all.push({ type, day, about: JSON.stringify(event['data'] ?? {}) });
      fresh.set(type, (fresh.get(type) ?? 0) + 1);
    }
    const notable = [...fresh].filter(([type]) => type !== 'RuntimeEnabled');
    if (notable.length === 0) return;
    this.say(
      `events: ${notable.map(([type, count]) => (count > 1 ? `${type} ×${count}` : type)).join(', ')}`,
    );
  }

  /** What nobody was told of in so many days. */
  close(days: number): void {
    for (const { from, to, what, type = NEED_SOMEBODY, about } of this.#expected) {
      if (to + 1 > days) continue;
      const named = about?.() ?? '';
      if (
        !this.all.some(
          (one) => one.day > from && one.day <= to + 1 && type.test(one.type) && one.about.includes(named),
        )
      )
        this.checks.break('notified', `nobody was told of ${what}`);
    }
  }
}
