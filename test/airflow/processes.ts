/** The machine's processes, on Linux; elsewhere none are seen. */
import { readdirSync, readFileSync } from 'node:fs';

export interface MachineProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** All of them, by id. */
export function processes(): MachineProcess[] {
  try {
    const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return ids
      .map(Number)
      .sort((a, b) => a - b)
      .flatMap((pid) => {
        // The name in parentheses may hold anything; parent and group come after it, behind the state.
        const [, parent, group] = /\) \S (\d+) (\d+)/.exec(readOf(`/proc/${pid}/stat`)) ?? [];
        return parent === undefined || group === undefined
          ? []
          : [{ pid, parent: Number(parent), group: Number(group) }];
      });
  } catch {
    return [];
  }
}

/** Those that a process started, with all that these started, in groups of their own or not. */
export function descendants(pid: number): number[] {
  const family = new Set([pid]);
  // A child's id may be lower than its parent's once ids have gone round.
  let known = 0;
  const all = processes();
  while (family.size > known) {
    known = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  family.delete(pid);
  return [...family];
}

/** A process may end between two looks. */
export function readOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
