/**
 * Episodes that two hosts run. One that has run is not answered yet; its host is frozen and another is given its
 * partitions, as where a machine stands still and comes back: the other one sees the messages again, runs the episode
 * and what else was under way, and then the first goes on where it stopped. Both send what the episode decided.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** Twice what the extension allows as the shortest visibility time-out, and time for work. */
const LONGEST_HOLD_MS = 150_000;
const LOOK_EVERY_MS = 200;
/** A host looks at the leases every ten seconds: by then one that was frozen knows what it has lost. */
const SETTLED_MS = 20_000;

/** An orchestrator's episode as one host asks for it. */
export interface Episode {
  /** Number of the host. */
  readonly host: number;
  readonly executionId: string;
  /** How much of the history was written when it began: from there both decide the same. */
  readonly played: number;
}

export interface EpisodeCounts {
  /** Episodes whose host was frozen until another host had run them, too. */
  readonly forced: number;
  /** Episodes whose host was frozen for nothing: no other host ran them in time. */
  readonly missed: number;
  /** Episodes that more than one host ran: those that were forced, and what else was under way on the frozen hosts. */
  readonly twice: number;
}

/** What is done with a host, by its number. */
export interface Freezer {
  /** Stops the process where it is, and gives its partitions to another host. */
  freeze(host: number): Promise<void>;
  thaw(host: number): void;
}

export class DoubledEpisodes {
  /** By episode, the hosts that ran it. */
  readonly #ranBy = new Map<string, Set<number>>();
  #forced = 0;
  #missed = 0;
  #holds = false;
  #settledAt = 0;

  constructor(private readonly hosts: Freezer) {}

  get counts(): EpisodeCounts {
    const twice = [...this.#ranBy.values()].filter(({ size }) => size > 1).length;
    return { forced: this.#forced, missed: this.#missed, twice };
  }

  /** No host is frozen, nor was one just now: the next one can be. */
  get free(): boolean {
    return !this.#holds && performance.now() >= this.#settledAt;
  }

  ran({ host, executionId, played }: Episode): void {
    this.#hostsOf(executionId, played).add(host);
  }

  /** Freezes the episode's host; resolves when another one has run the episode, or has not for too long. */
  async untilRunElsewhere({ host, executionId, played }: Episode): Promise<void> {
    const hosts = this.#hostsOf(executionId, played);
    const deadline = performance.now() + LONGEST_HOLD_MS;
    this.#holds = true;
    try {
      await this.hosts.freeze(host);
      while (hosts.size < 2 && performance.now() < deadline) await pause(LOOK_EVERY_MS);
    } finally {
      this.hosts.thaw(host);
      this.#holds = false;
      this.#settledAt = performance.now() + SETTLED_MS;
    }
    if (hosts.size > 1) this.#forced += 1;
    else this.#missed += 1;
  }

  #hostsOf(executionId: string, played: number): Set<number> {
    const episode = `${executionId} ${played}`;
    const hosts = this.#ranBy.get(episode) ?? new Set();
    this.#ranBy.set(episode, hosts);
    return hosts;
  }
}
