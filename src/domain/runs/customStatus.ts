/** The custom status of a run within what the durable extension takes. */
import type { RotationProgress } from './rotations.js';
import type { TrailEntry } from './runs.js';
import { clipped, withoutMiddle } from './trail.js';

/**
 * UTF-16 units of JSON that a custom status may have. The extension documents 16 KB and takes up to 8,703 units
 * (measured); one more, and the run ends Failed, its status and its trail gone
 * (https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-custom-orchestration-status).
 */
export const STATUS_BUDGET = 8_192;

/** A step's name is a sentence; nothing that an entry holds may use the budget up alone. Units of JSON. */
const LONGEST_STEP = 1_000;
const LONGEST_TIME = 100;
/** An instance id has at most a hundred letters. */
const LONGEST_ID = 100;
const LONGEST_REASON = 500;
/** Entries of the trail that stay, at the beginning and at the end, where outcomes are shortened instead. */
const FIRST = 1;
const LAST = 5;
const OUTCOME_UNITS = [1_000, 500, 250, 100, 0];

/**
 * Length of the value's JSON as the host writes it, in UTF-16 units: Newtonsoft.Json also escapes three letters that
 * `JSON.stringify` leaves alone.
 */
export function jsonUnits(value: unknown): number {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, '\\u0085').length;
}

/**
 * What of a run's progress may be set as its custom status: all of it where it fits. Otherwise the plan goes, then
 * entries from the middle of the trail, then what is long in the entries that are left. The step, since when, and what
 * is waited for always stay. The whole of plan and trail is in the run's output.
 */
export function withinBudget(progress: RotationProgress, budget = STATUS_BUDGET): RotationProgress {
  const whole = sized(progress);
  if (jsonUnits(whole) <= budget) return whole;
  const { plan: _, ...planless } = whole;
  const { trail } = planless;
  for (let kept = trail.length; kept >= FIRST + LAST; kept--) {
    const status = { ...planless, trail: thinned(trail, kept) };
    if (jsonUnits(status) <= budget) return status;
  }
  const ends = thinned(trail, FIRST + LAST);
  for (const units of OUTCOME_UNITS) {
    const status = { ...planless, trail: ends.map((entry) => shortened(entry, units)) };
    if (jsonUnits(status) <= budget) return status;
  }
  return { ...planless, trail: [] };
}

/** The trail with `kept` of its entries: a third of them from the beginning. */
function thinned(trail: readonly TrailEntry[], kept: number): readonly TrailEntry[] {
  const first = Math.max(FIRST, Math.floor(kept / 3));
  return withoutMiddle(trail, first, kept - first);
}

function sized(progress: RotationProgress): RotationProgress {
  const {
    step,
    since,
    waitingFor,
    overlapSince,
    overlapUntil,
    overlapLatest,
    listener,
    unstoppable,
    plan,
    trail,
    version,
  } = progress;
  const time = (text: string) => clipped(text, LONGEST_TIME, jsonUnits);
  return {
    step: clipped(step, LONGEST_STEP, jsonUnits),
    since: time(since),
    trail,
    ...(plan ? { plan } : {}),
    ...(waitingFor
      ? {
          waitingFor: {
            gate: waitingFor.gate,
            since: time(waitingFor.since),
            until: time(waitingFor.until),
          },
        }
      : {}),
    ...(version === undefined ? {} : { version: time(version) }),
    ...(overlapSince === undefined ? {} : { overlapSince: time(overlapSince) }),
    ...(overlapUntil === undefined ? {} : { overlapUntil: time(overlapUntil) }),
    ...(overlapLatest === undefined ? {} : { overlapLatest: time(overlapLatest) }),
    ...(listener === undefined ? {} : { listener: clipped(listener, LONGEST_ID, jsonUnits) }),
    ...(unstoppable === undefined ? {} : { unstoppable: clipped(unstoppable, LONGEST_REASON, jsonUnits) }),
  };
}

function shortened({ at, step, outcome }: TrailEntry, units: number): TrailEntry {
  return {
    at: clipped(at, LONGEST_TIME, jsonUnits),
    step: clipped(step, 200, jsonUnits),
    outcome: clipped(outcome, units, jsonUnits),
  };
}
