/** The names that Resource Manager derives from texts, the same here as there. */
import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** The namespace of Resource Manager's `guid`. */
const NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

/** `uniqueString`: 64 bits of MurmurHash over the arguments joined with hyphens, as 13 characters of base 32. */
export function uniqueString(given: readonly string[]): string {
  let rest = murmurHash64(Buffer.from(given.join('-')));
  let text = '';
  for (let i = 0; i < 13; i++) {
    text += ALPHABET[Number(rest >> 59n)];
    rest = BigInt.asUintN(64, rest << 5n);
  }
  return text;
}

/** `guid`: UUID version 5 of the arguments joined with hyphens. */
export function guid(given: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(given.join('-')).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const FACTORS = [597399067, 2869860233] as const;

/** Two halves of 32 bits, each mixed into the other; the second one is the upper. */
function murmurHash64(data: Buffer): bigint {
  let low = 0;
  let high = 0;
  let at = 0;
  for (; at + 8 <= data.length; at += 8) {
    low = rotated((low ^ first(data.readUInt32LE(at))) >>> 0, 19);
    low = (Math.imul((low + high) >>> 0, 5) + 1444728091) >>> 0;
    high = rotated((high ^ second(data.readUInt32LE(at + 4))) >>> 0, 13);
    high = (Math.imul((high + low) >>> 0, 5) + 197830471) >>> 0;
  }
  const left = data.length - at;
  if (left > 0) low ^= first(data.readUIntLE(at, Math.min(left, 4)));
  if (left > 4) high ^= second(data.readUIntLE(at + 4, left - 4));
  low = (low ^ data.length) >>> 0;
  high = (high ^ data.length) >>> 0;
  low = (low + high) >>> 0;
  high = (high + low) >>> 0;
  low = finished(low);
  high = finished(high);
  low = (low + high) >>> 0;
  high = (high + low) >>> 0;
  return (BigInt(high) << 32n) | BigInt(low);
}

function first(bits: number): number {
  return Math.imul(rotated(Math.imul(bits, FACTORS[0]), 15), FACTORS[1]);
}

function second(bits: number): number {
  return Math.imul(rotated(Math.imul(bits, FACTORS[1]), 17), FACTORS[0]);
}

function finished(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 2246822507);
  const twice = Math.imul(once ^ (once >>> 13), 3266489909);
  return (twice ^ (twice >>> 16)) >>> 0;
}

function rotated(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
