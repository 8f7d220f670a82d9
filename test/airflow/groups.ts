/** Process groups: an Airflow process and its children start, pause and end together. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { descendants } from './processes.js';

const groups = new Set<Group>();
let ending = false;
/** A killed process that writes to a slow disk takes its time. */
const LONGEST_END_MS = 5000;

/** A process that leads a group of its own. */
export class Group {
  readonly #child: ChildProcess;
  #ended = false;
  /** Resolves when the leader has ended. */
  readonly exit: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exit = new Promise((done) => {
      const end = () => {
        this.#ended = true;
        done();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    groups.add(this);
  }

  /** Starts it; what it writes goes to the end of a file. */
  static start(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    log: string,
  ): Group {
    if (ending) throw new Error('The test ends: nothing is started any more.');
    const output = openSync(log, 'a');
    const child = spawn(file, args, {
      env: { ...environment },
      stdio: ['ignore', output, output],
      // A group of its own: a terminal's Ctrl-C reaches this program alone, which then ends them in order.
      detached: true,
    });
    closeSync(output);
    return new Group(child);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** To each process of the group. False where none is left. */
  signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      process.kill(-pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Asks it to end, and ends what is left after `patienceMs`. */
  async stop(patienceMs = 10_000): Promise<void> {
    this.signal('SIGCONT');
    const family = this.#family();
    this.signal('SIGTERM');
    const deadline = Date.now() + patienceMs;
    while (this.signal(0) && Date.now() < deadline) await pause(100);
    this.kill();
    killEach(family);
    await this.exit;
  }

  kill(): void {
    const family = this.#family();
    this.signal('SIGKILL');
    killEach(family);
    groups.delete(this);
  }

  /** Airflow's scheduler starts a process in a group of its own, which no signal to this one reaches. */
  #family(): number[] {
    return this.#child.pid === undefined ? [] : descendants(this.#child.pid);
  }

  /** Ids of the leaders of all groups that were started and not ended. */
  static ids(): number[] {
    return [...groups].flatMap((group) => group.#child.pid ?? []);
  }

  /** Ends all at once and waits until they are gone, so that nothing of them writes any more. */
  static async killAll(): Promise<void> {
    ending = true;
    const all = [...groups];
    for (const group of all) group.kill();
    const deadline = Date.now() + LONGEST_END_MS;
    while (all.some((group) => group.signal(0)) && Date.now() < deadline) await pause(50);
  }
}

function killEach(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Waits between two looks at something that nobody tells of. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks until there is an answer. Throws after `seconds`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  seconds: number,
  pauseMs = 250,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Still no ${what} after ${seconds} s.`);
    await pause(pauseMs);
  }
}
