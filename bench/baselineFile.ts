/** bench/baseline.json: read, compared with what was measured, and written anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { projectFile } from '../local/project.js';
import { type Baseline, compare, recorded } from './baseline.js';
import type { Measurement } from './measure.js';

const FILE = projectFile('bench', 'baseline.json');
const ROW = z.strictObject({ value: z.number().nonnegative(), margin: z.number().nonnegative() });
const BASELINE = z.record(z.string(), z.record(z.string(), ROW));

/** Reads the baseline: before what takes minutes is measured. Throws where it is none. */
export function readBaseline(): Baseline {
  const { data, error } = BASELINE.safeParse(JSON.parse(readFileSync(FILE, 'utf8')));
  if (data) return data;
  throw new Error(
    `bench/baseline.json is no baseline; take the last one from git. ${z.prettifyError(error)}`,
  );
}

/**
 * Compares the parts that were measured with their baseline, says what is worse and what is much better, and gives the exit
 * code. Other parts of the baseline are left alone. With `record` these parts are written anew, and nothing is worse.
 */
export function compareAndReport(
  baseline: Baseline,
  parts: ReadonlyMap<string, readonly Measurement[]>,
  record: boolean,
): 0 | 1 {
  if (record) {
    writeFileSync(FILE, `${JSON.stringify(renewed(baseline, parts), null, 2)}\n`);
    process.stdout.write(`bench/baseline.json is recorded anew for: ${[...parts.keys()].join(', ')}\n`);
    return 0;
  }
  const comparisons = [...parts].map(([name, rows]) => compare(baseline[name] ?? {}, rows));
  const faults = comparisons.flatMap((one) => one.faults);
  for (const row of comparisons.flatMap(({ better }) => better)) {
    process.stdout.write(`better: ${row}; record it: --record\n`);
  }
  for (const fault of faults) process.stdout.write(`worse: ${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

function renewed(baseline: Baseline, parts: ReadonlyMap<string, readonly Measurement[]>): Baseline {
  const measured = [...parts].map(([name, rows]) => [name, recorded(baseline[name] ?? {}, rows)] as const);
  return { ...baseline, ...Object.fromEntries(measured) };
}
