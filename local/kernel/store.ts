/**
 * The state folder. A snapshot has two halves that belong to the same moment: `cloud/snapshot-N.json` (the emulated
 * services; stands for Azure and may hold secret values) and `host/snapshot-N.json` (durable state and the rest;
 * never a secret value). `current` names N and is replaced last, so that a kill at any moment leaves a whole
 * snapshot: the new one or the one before.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A snapshot is written at the first turn of the event loop without a change, but no later than this. */
const LONGEST_DELAY_MS = 50;

export interface Snapshot {
  readonly cloud: unknown;
  readonly host: unknown;
}

export interface Store {
  /** The state that was kept last; `undefined` in a new folder. */
  readonly loaded: Snapshot | undefined;
  /** Tells that there is something to keep. A write follows soon; many changes share one. */
  changed(): void;
  /** Resolves when every change up to now is on disk. Throws where it could not be written. */
  flush(): Promise<void>;
}

export interface StoreOptions {
  readonly folder: string;
  /** Both halves at this moment; called in one turn of the event loop. */
  readonly take: () => Snapshot;
  /** Gets what goes wrong in a write that nobody waits for. */
  readonly onError: (error: unknown) => void;
}

/**
 * Opens a state folder and makes it where there is none. Throws where `current` names a snapshot that is missing or
 * is not JSON: then somebody else wrote there.
 */
export function openStore({ folder, take, onError }: StoreOptions): Store {
  for (const half of HALVES) mkdirSync(join(folder, half), { recursive: true, mode: 0o700 });
  const pointer = join(folder, 'current');
  let generation = readPointer(pointer);
  const loaded = generation === undefined ? undefined : load(folder, generation);
  for (const half of HALVES) {
    for (const file of readdirSync(join(folder, half))) {
      if (/^snapshot-.*\.json(\.part)?$/.test(file) && file !== fileName(generation)) {
        rmSync(join(folder, half, file));
      }
    }
  }

  let changes = 0;
  let written = 0;
  let writing: Promise<void> | undefined;

  /** Writes until nothing has changed since. */
  const catchUp = async (): Promise<void> => {
    while (written < changes) {
      await firstQuietTurn(() => changes);
      const covered = changes;
      const snapshot = take();
      const next = (generation ?? 0) + 1;
      for (const half of HALVES) {
        await writeWhole(join(folder, half, fileName(next)), JSON.stringify(snapshot[half]));
      }
      await writeWhole(pointer, `${next}\n`);
      const before = generation;
      generation = next;
      written = covered;
      if (before === undefined) continue;
      for (const half of HALVES) await rm(join(folder, half, fileName(before)), { force: true });
    }
  };

  const ensureWriting = (): Promise<void> => {
    writing ??= catchUp().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  return {
    loaded,
    changed() {
      changes += 1;
      if (writing === undefined) ensureWriting().catch(onError);
    },
    async flush() {
      const wanted = changes;
      while (written < wanted) await ensureWriting();
    },
  };
}

const HALVES = ['cloud', 'host'] as const;

function fileName(generation: number | undefined): string {
  return `snapshot-${generation}.json`;
}

function readPointer(pointer: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(pointer, 'utf8').trim();
  } catch {
    return undefined;
  }
  if (!/^\d+$/.test(text))
    throw new Error(`${pointer} must hold the number of a snapshot, but holds "${text}".`);
  return Number(text);
}

function load(folder: string, generation: number): Snapshot {
  const read = (half: (typeof HALVES)[number]): unknown => {
    const file = join(folder, half, fileName(generation));
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new Error(`The state in ${file} cannot be read: ${String(error)}`, { cause: error });
    }
  };
  return { cloud: read('cloud'), host: read('host') };
}

/** Replaces a file as a whole: a reader finds the old text or the new one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}

/** Waits until `counter` stands still for one turn of the event loop, or for the longest delay. */
async function firstQuietTurn(counter: () => number): Promise<void> {
  const deadline = performance.now() + LONGEST_DELAY_MS;
  let seen: number;
  do {
    seen = counter();
    await new Promise((resolve) => setImmediate(resolve));
  } while (counter() !== seen && performance.now() < deadline);
}
