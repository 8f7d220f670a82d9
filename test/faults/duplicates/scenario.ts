/** What the app does while messages come twice: a scenario can be run again and again on the same cloud. */
import type { LocalClient } from '../../../local/client.js';
import type { Message } from './repetitions.js';

export interface DuplicateScenario {
  readonly name: string;
  readonly config: string;
  /** Of what other scenarios send, too, it has cases for these kinds alone; absent: for all. */
  readonly kinds?: readonly Message['kind'][];
  /** Makes what is there before, once for each cloud. */
  prepare(client: LocalClient): Promise<void>;
  /**
   * Runs it to its end, until nothing is under way, nor to come. `turn`: differs each time that it runs. Gives
   * what is not as it is without duplicates.
   */
  run(client: LocalClient, turn: number): Promise<readonly string[]>;
}
