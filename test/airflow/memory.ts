/** How much memory the whole test takes, on Linux: its own process, the local clouds, and every Airflow. */
import { Group } from './groups.js';
import { processes, readOf } from './processes.js';

const LOOK_EVERY_MS = 4000;

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

function proportionalKib(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}
