/**
 * What a row of the bench is compared with. Counts and ratios alone: how long something takes says more of the machine than of
 * the app.
 */
import type { Measurement } from './measure.js';

/** What a row was when it was recorded. Less is better in all of them. */
interface BaselineRow {
  readonly value: number;
  /** How much more it may be before it is worse, as a part of the value; 0 where a run is like the other. */
  readonly margin: number;
}

/** Rows by their names. */
export type BaselinePart = Readonly<Record<string, BaselineRow>>;
/** The parts of the bench by their names. */
export type Baseline = Readonly<Record<string, BaselinePart>>;

export interface Comparison {
  /** What fails the bench, one sentence each. */
  readonly faults: readonly string[];
  /** Rows that are so much better that the baseline should be renewed. */
  readonly better: readonly string[];
}

/** Units of time and of speed. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['s', 'ms', 'us', '1/s']);
/** An improvement that nobody renews a baseline for, as a part of the value. */
const SMALL = 0.05;
/** What a row that is new gets: a ratio is made of times. */
const MARGIN_OF_RATIOS = 0.1;

/** Whether a row stands in the baseline: a time does not. */
function isCompared({ unit }: Measurement): boolean {
  return !NOT_COMPARED.has(unit);
}

/** Compares the rows of one part of the bench. Rows that are in one of the two alone are faults, too. */
export function compare(part: BaselinePart, measurements: readonly Measurement[]): Comparison {
  const rows = measurements.filter(isCompared);
  const measured = new Set(rows.map(({ metric }) => metric));
  const missing = Object.keys(part).filter((metric) => !measured.has(metric));
  return {
    faults: [
      ...rows.flatMap((row) => faultOf(row, part[row.metric])),
      ...missing.map((metric) => `${metric} was not measured, and the baseline has it`),
    ],
    better: rows.flatMap((row) => betterThan(row, part[row.metric])),
  };
}

function faultOf({ metric, value }: Measurement, row: BaselineRow | undefined): string[] {
  if (row === undefined) return [`${metric} is ${value}, and the baseline does not have it`];
  const allowed = row.value * (1 + row.margin);
  if (value <= allowed) return [];
  return [
    `${metric} is ${value}; the baseline is ${row.value}, allowed are ${rounded(allowed)} (${percent(row.margin)} more)`,
  ];
}

function betterThan({ metric, value }: Measurement, row: BaselineRow | undefined): string[] {
  if (row === undefined || value >= row.value * (1 - Math.max(row.margin, SMALL))) return [];
  return [`${metric} is ${value}; the baseline is ${row.value}`];
}

/** The baseline of a part, made anew: a row keeps its margin. */
export function recorded(part: BaselinePart, measurements: readonly Measurement[]): BaselinePart {
  const rows = measurements.filter(isCompared).map(({ metric, value, unit }): [string, BaselineRow] => {
    const margin = part[metric]?.margin ?? (unit === 'ratio' ? MARGIN_OF_RATIOS : 0);
    return [metric, { value, margin }];
  });
  return Object.fromEntries(rows);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function percent(margin: number): string {
  return `${rounded(margin * 100)} %`;
}
