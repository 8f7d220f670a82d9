/** Instance ids of runs: the same event or the same idempotent request always gives the same id. */
import { sha256Hex } from '../values/digest.js';
import type { RuntimeId } from '../values/runtimeId.js';
import { runtimeRecordKey } from '../values/runtimeId.js';

const DAY_MS = 24 * 3_600_000;

/** The run that an event about a runtime starts. */
export function eventRunId(runtime: RuntimeId, eventId: string): string {
  return `ev-${runtimeRecordKey(runtime).slice(0, 12)}-${sha256Hex(eventId).slice(0, 20)}`;
}

/** The rotation that an event about a credential's secret starts. */
export function credentialRunId(recordKey: string, eventId: string): string {
  return `ev-${recordKey.slice(0, 12)}-${sha256Hex(eventId).slice(0, 20)}`;
}

/** The rotation that a sweep starts: the same one, however often the sweep asks for it and whenever. */
export function sweptRunId(recordKey: string, sweepId: string): string {
  return `sw-${recordKey.slice(0, 12)}-${sha256Hex(sweepId).slice(0, 20)}`;
}

/**
 * The sweep that the timer starts at this occurrence of its schedule: the id is the occurrence.
 *
 * @param at ISO 8601, UTC, with milliseconds
 */
export function sweepRunId(at: string): string {
  return `sw-${at.replace(/\D+/g, '-').replace(/-$/, '')}`;
}

/** The enablement that a sweep starts: the same one, however often the sweep asks for it and whenever. */
export function sweptRuntimeRunId(runtime: RuntimeId, sweepId: string): string {
  return `sw-${runtimeRecordKey(runtime).slice(0, 12)}-${sha256Hex(sweepId).slice(0, 20)}`;
}

/** A part of a run that is about something with a name: the same one, however often it is begun. */
export function partRunId(parentId: string, subject: string): string {
  return `${parentId}-${sha256Hex(subject).slice(0, 12)}`;
}

/** The run on one runtime that another run starts: of the runtime's own, so that a second start finds the same. */
export function memberRunId(parentId: string, runtime: RuntimeId): string {
  return `${parentId}-${runtimeRecordKey(runtime).slice(0, 12)}`;
}

/** Periods in which a run of a key is looked for: longer than runs are kept, for one that took long. */
const LOOKED_BACK = 3;

/**
 * The ids that the run of a request with an `Idempotency-Key` may have, newest first: the first one is a new run's. A key
 * stands for its run as long as that is kept. After that it is free, and its next run is another one: what still knows the
 * old one (records, labels, DAG runs) would take the id for a repetition. So the id has the period of retention in which its
 * run began: whoever purges it does so in a later one. Each caller has keys of its own.
 *
 * @param caller what tells it from others (`callerId`)
 * @param now milliseconds since the epoch
 * @param keptDays how long runs are kept
 */
export function requestRunIds(
  caller: string,
  idempotencyKey: string,
  now: number,
  keptDays: number,
): readonly [string, ...string[]] {
  const period = Math.floor(now / (keptDays * DAY_MS));
  const idIn = (one: number) => `rq-${sha256Hex(`${caller}\n${idempotencyKey}\n${one}`).slice(0, 32)}`;
  return [idIn(period), ...Array.from({ length: LOOKED_BACK - 1 }, (_, back) => idIn(period - back - 1))];
}

/** The run of a request without a key, from random hex. */
export function freshRunId(random: string): string {
  return `rq-${random.slice(0, 32)}`;
}

/**
 * Whether text can be the id of a run, so that it may stand in a path of the durable back end. With what a rotation adds for
 * its groups and their runtimes an id stays below the 100 letters that every host takes.
 */
export function isRunId(text: string): boolean {
  return /^(?:ev|rq|sw)-[0-9a-f][0-9a-f-]{0,90}$/.test(text);
}
