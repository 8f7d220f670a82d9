/** What a pass over a runtime leaves in its record. */

import { isMadeAnew, seenAfter } from '../settings/shownSettings.js';
import type { Operation } from './runtimeOperations.js';
import { type RuntimeRecord, withoutCarried } from './runtimeRecord.js';

/** The record with what the pass has proven, read and written. */
export function withFindings(record: RuntimeRecord, operation: Operation<'finish'>): RuntimeRecord {
  const told = withCarried(withProof(record, operation), operation);
  return withLookedAfter(withSettings(told, operation), operation);
}

function withProof(
  record: RuntimeRecord,
  { proof, revoked: code, forgetProof, runId, now }: Operation<'finish'>,
): RuntimeRecord {
  if (!proof && code === undefined && !forgetProof) return record;
  const { proof: _, revoked: __, ...rest } = record;
  if (proof) return { ...rest, proof };
  if (code === undefined) return rest;
  return { ...rest, revoked: { code, at: new Date(now).toISOString(), runId } };
}

function withCarried(record: RuntimeRecord, { carried, forgetProof }: Operation<'finish'>): RuntimeRecord {
  if (carried !== undefined) return { ...record, carried };
  return forgetProof ? withoutCarried(record) : record;
}

/** One of the same name that is made anew has shown nothing yet. */
function withSettings(
  { seen, settings, ...record }: RuntimeRecord,
  { seen: seenNow, settings: settingsNow, forgetProof }: Operation<'finish'>,
): RuntimeRecord {
  if (forgetProof) return record;
  const all = seenNow ? seenAfter(seen, seenNow) : seen;
  const last = settingsNow ?? (isMadeAnew(seen, seenNow) ? undefined : settings);
  return { ...record, ...(all ? { seen: all } : {}), ...(last ? { settings: last } : {}) };
}

/** One of the same name that is made anew was not there before the app. */
function withLookedAfter(
  record: RuntimeRecord,
  { lookedAfter, forgetProof }: Operation<'finish'>,
): RuntimeRecord {
  return lookedAfter || forgetProof ? { ...record, lookedAfter: true } : record;
}

/** The record with the runs that failed in a row, this one counted. */
export function withFailures(record: RuntimeRecord, { failed, now }: Operation<'finish'>): RuntimeRecord {
  if (failed === undefined) return record;
  const { failures, ...rest } = record;
  return failed ? { ...rest, failures: { count: (failures?.count ?? 0) + 1, lastAt: now } } : rest;
}
