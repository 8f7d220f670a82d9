/** Identity of a runtime. A kind of runtime makes it; nobody else knows what its text says. */
import { sha256Hex } from './digest.js';
import { caseless } from './sameId.js';

/** One runtime, wherever it is. It stands in durable histories. */
export interface RuntimeId {
  /** Which kind of runtime it is. */
  readonly kind: string;
  /**
   * The id in the spelling that the service documents, with names spelled as first seen. Services compare ids without case and
   * spell them in several ways, so that ids are parsed, never compared as text. No two kinds have an id in common.
   */
  readonly id: string;
  /** Short name for people, for example `adf-sales/etl`: a place and a name in it. */
  readonly name: string;
}

/** The id as people and other programs are told it. */
export function formatRuntimeId({ id }: RuntimeId): string {
  return id;
}

/** One spelling for all spellings of the same id: what keys and comparisons are made of. */
export function canonicalRuntimeId(id: RuntimeId): string {
  return caseless(formatRuntimeId(id));
}

/** Short name for people, for example `adf-sales/etl`. */
export function displayRuntime({ name }: RuntimeId): string {
  return name;
}

/** Its name in its place alone, for example `etl`: where the place is known. */
export function shortRuntime({ name }: RuntimeId): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Key of a runtime's record: an entity's key may hold no slashes and has a limited length. */
export function runtimeRecordKey(runtime: RuntimeId): string {
  return sha256Hex(canonicalRuntimeId(runtime)).slice(0, 32);
}
