import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The storage of the app is lost: instances and entities are taken out of what a stopped local cloud has kept of its host. */
export function emptyHub(state: string): void {
  const file = join(state, 'host', `snapshot-${readFileSync(join(state, 'current'), 'utf8').trim()}.json`);
  const emptied = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const members = value as Record<string, unknown>;
    if ('instances' in members && 'entities' in members) {
      return { ...members, instances: {}, activities: {}, timers: {}, entities: {} };
    }
    return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, emptied(one)]));
  };
  const host = JSON.parse(readFileSync(file, 'utf8')) as { functions: unknown };
  writeFileSync(file, JSON.stringify({ ...host, functions: emptied(host.functions) }));
}
