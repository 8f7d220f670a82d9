/** How often fleets are moved to another version: so soon after the last time that it was in vain, or not. */
import type { Checks } from './checks.js';
import { type Instance, outputOf } from './instances.js';
import type { World } from './world.js';
import type { Writes } from './writes.js';

const DAY_MS = 24 * 3600_000;
/** A rotation that waits for its approval, for a weekly window and its overlap has ended by then. */
export const LONGEST_DAYS = 14;
/** Credentials of 90 days that are due 30 days before their end: a fleet that moves again so soon was moved in vain. */
const SOONEST_AGAIN_DAYS = 20;

export class FleetMoves {
  /** By credential: when the fleet last moved to another version. */
  readonly #moved = new Map<string, number>();
  /** By credential: when somebody wrote a version besides those that are due, until the fleet has moved to it. */
  readonly #written = new Map<string, readonly number[]>();

  constructor(
    private readonly world: World,
    private readonly writes: Writes,
    private readonly checks: Checks,
  ) {}

  /** Somebody writes another version, which is no time yet: that the fleet moves to it is no wonder. */
  async written(credential: string): Promise<void> {
    const before = this.#written.get(credential) ?? [];
    this.#written.set(credential, [...before, await this.world.now()]);
  }

  /** A rotation that has moved the fleet, unless the one before was too near. */
  ended(instance: Instance): void {
    const { credential, outcome } = outputOf(instance);
    if (credential === undefined || !outcome?.startsWith('rotated')) return;
    const at = Date.parse(instance.lastUpdatedTime);
    const { ids } = this.world.having({ secret: credential });
    if (this.writes.count(ids, Date.parse(instance.createdTime), at) < 2) return;
    const before = this.#moved.get(credential);
    this.#moved.set(credential, at);
    if (before === undefined || at - before > SOONEST_AGAIN_DAYS * DAY_MS) return;
    const written = this.#written.get(credential) ?? [];
    const lately = written.filter((one) => at - one < LONGEST_DAYS * DAY_MS);
    this.#written.set(credential, lately.slice(1));
    if (lately.length > 0) return;
    const days = Math.round((at - before) / DAY_MS);
    this.checks.break(
      'uniform',
      `the fleet of ${credential} was moved again after ${days} days, by ${instance.instanceId}`,
    );
  }
}
