/**
 * The state folder. A snapshot has two halves that belong to the same moment: `cloud/snapshot-N.json` (the emulated
 * services; stands for Azure and may hold secret values) and `host/snapshot-N.json` (durable state and the rest;
 * never a secret value). `current` names N and is replaced last, so that a kill at any moment leaves a whole
 * snapshot: the new one or the one before.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A snapshot is written at the first turn of the event loop without a change, but no later than this. */
const LONGEST_DELAY_MS = 50;

export interface Snapshot {
  readonly cloud: unknown;
  readonly host: unknown;
}

export interface StateFolder {
  /** The state that was kept last; `undefined` in a new folder. */
  readonly loaded: Snapshot | undefined;
  /**
   * Begins to keep. `take` gives both halves at this moment, in one turn of the event loop; `onError` gets what goes
   * wrong in a write that nobody waits for.
   */
  keep(take: () => Snapshot, onError: (error: unknown) => void): Store;
}

export interface Store {
  /** Tells that there is something to keep. A write follows soon; many changes share one. */
  changed(): void;
  /** Resolves when every change up to now is on disk. Throws where it could not be written. */
  flush(): Promise<void>;
  /** Writes this moment at once, before anything else can happen: for a process that is about to be killed. */
  flushNow(): void;
}

/**
 * Opens a state folder and makes it where there is none. Throws where `current` names a snapshot that is missing or
 * is not JSON: then somebody else wrote there.
 */
export function openStore(folder: string): StateFolder {
  for (const half of HALVES) mkdirSync(join(folder, half), { recursive: true, mode: 0o700 });
  const generation = readPointer(join(folder, 'current'));
  const loaded = generation === undefined ? undefined : load(folder, generation);
  for (const half of HALVES) {
    for (const file of readdirSync(join(folder, half))) {
      if (/^snapshot-.*\.json(\.part)?$/.test(file) && file !== fileName(generation)) {
        rmSync(join(folder, half, file));
      }
    }
  }

  return {
    loaded,
    keep: (take, onError) => startKeeping({ folder, generation, take, onError }),
  };
}

interface Keeping {
  readonly folder: string;
  /** Number of the snapshot that is there. */
  readonly generation: number | undefined;
  readonly take: () => Snapshot;
  readonly onError: (error: unknown) => void;
}

function startKeeping({ folder, generation, take, onError }: Keeping): Store {
  const pointer = join(folder, 'current');
  let current = generation;
  let lastNumber = generation ?? 0;
  let changes = 0;
  let written = 0;
  let writing: Promise<void> | undefined;
  let keeping = false;

  const write = async (): Promise<void> => {
    await firstQuietTurn(() => changes);
    const covered = changes;
    const snapshot = take();
    lastNumber += 1;
    const next = lastNumber;
    for (const half of HALVES) {
      await writeWhole(join(folder, half, fileName(next)), JSON.stringify(snapshot[half]));
    }
    await writeWhole(pointer, `${next}\n`);
    const before = current;
    current = next;
    written = covered;
    if (before === undefined) return;
    for (const half of HALVES) await rm(join(folder, half, fileName(before)), { force: true });
  };

  /** Takes part in the write under way, or starts one. */
  const nextWrite = (): Promise<void> => {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  const keepUp = async (): Promise<void> => {
    try {
      while (written < changes) await nextWrite();
    } catch (error) {
      onError(error);
    } finally {
      keeping = false;
    }
  };

  return {
    changed() {
      changes += 1;
      if (keeping) return;
      keeping = true;
      void keepUp();
    },
    async flush() {
      const wanted = changes;
      while (written < wanted) await nextWrite();
    },
    flushNow() {
      const snapshot = take();
      // A number of its own: another write may be under way.
      lastNumber += 1;
      for (const half of HALVES) {
        writeFileSync(join(folder, half, fileName(lastNumber)), JSON.stringify(snapshot[half]), {
          mode: 0o600,
        });
      }
      writeFileSync(`${pointer}.now`, `${lastNumber}\n`);
      renameSync(`${pointer}.now`, pointer);
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

/**
 * Replaces a file as a whole: a reader finds the old text or the new one, whenever this process is killed. Nothing waits for the
 * disk: what the machine itself forgets as it goes down is a local cloud.
 */
async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, text, { mode: 0o600 });
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
