/** How much memory the whole test takes, on Linux: its own process, the local clouds, and every Airflow. */
import { readdirSync, readFileSync } from 'node:fs';
import { Group } from './groups.js';

const LOOK_EVERY_MS = 2000;

export interface MemoryWatch {
  /** The most that was seen, in MiB; 0 where the machine does not tell. */
  readonly peakMib: number;
  stop(): void;
}

/** Looks again and again until it is stopped. */
export function watchMemory(): MemoryWatch {
  let peakMib = 0;
  const timer = setInterval(() => {
    peakMib = Math.max(peakMib, memoryMib());
  }, LOOK_EVERY_MS);
  return {
    get peakMib() {
      return Math.round(peakMib);
    },
    stop: () => clearInterval(timer),
  };
}

/** Memory that processes share is counted once: Airflow's are forks of each other. */
function memoryMib(): number {
  const leaders = new Set(Group.ids());
  const own = new Set([process.pid]);
  let kib = 0;
  for (const { pid, parent, group } of processes()) {
    if (own.has(parent)) own.add(pid);
    if (own.has(pid) || leaders.has(group)) kib += proportionalKib(pid);
  }
  return kib / 1024;
}

function processes(): { pid: number; parent: number; group: number }[] {
  try {
    const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return ids
      .map(Number)
      .sort((a, b) => a - b)
      .flatMap((pid) => {
        // The name in parentheses may hold anything; parent and group come after it, behind the state.
        const [, parent, group] = /\) \S (\d+) (\d+)/.exec(read(`/proc/${pid}/stat`)) ?? [];
        return parent === undefined || group === undefined
          ? []
          : [{ pid, parent: Number(parent), group: Number(group) }];
      });
  } catch {
    return [];
  }
}

function proportionalKib(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** A process may end between two looks. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
