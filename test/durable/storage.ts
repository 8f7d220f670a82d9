/**
 * Looks for secret values in all that Azurite has on disk: tables, queues and blobs, what was deleted and not yet
 * cleaned up included. Large messages lie in blobs, compressed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Shorter ones could stand in a text by chance. */
const SHORTEST = 12;
/** Text in base64, long enough to hold a value. */
const BASE64 = /[A-Za-z0-9+/]{24,}={0,2}/g;
/** First bytes of what gzip writes. */
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

/** One sentence for each file that holds one of the values: as it is, in base64 or compressed. */
export function findSecrets(folder: string, values: readonly string[]): readonly string[] {
  const wanted = values.filter((value) => value.length >= SHORTEST);
  return filesBelow(folder)
    .filter((file) => holdsAny(file, wanted))
    .map((file) => `a secret's value stands in ${file}`);
}

function holdsAny(file: string, values: readonly string[]): boolean {
  return readings(read(file)).some((text) => values.some((value) => text.includes(value)));
}

/** Azurite writes a file beside the one that it replaces: it may be gone by now, with its content in the other. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Everything that the bytes may mean. */
function readings(bytes: Buffer): readonly string[] {
  const plain = [bytes.toString('latin1'), ...decompressed(bytes).map((one) => one.toString('latin1'))];
  return [...plain, ...plain.map(decoded)];
}

/** An extent of Azurite's is one stream after the other. */
function decompressed(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    const stream = decompress(bytes.subarray(at));
    if (stream) found.push(stream);
  }
  return found;
}

function decompress(bytes: Buffer): Buffer | undefined {
  try {
    // The rest of the extent is behind it: what can be read is what counts.
    return gunzipSync(bytes, { finishFlush: 2 });
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  return [...text.matchAll(BASE64)].map(([one]) => Buffer.from(one, 'base64').toString('latin1')).join('\n');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
