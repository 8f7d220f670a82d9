/** `npm run bench`: prints a table of what the app costs and how fast the runner is. */
import { writeFileSync } from 'node:fs';
import { readArguments, requireOneOf } from '../infra/scripts/commandLine.mjs';
import { compareAndReport, readBaseline } from './baselineFile.js';
import { benchColdStart } from './coldStart.js';
import { benchEnable } from './enable.js';
import { benchExecutions } from './executions.js';
import type { Measurement } from './measure.js';
import { benchRotate } from './rotate.js';
import { benchRunner } from './runner.js';

const benches = {
  coldStart: benchColdStart,
  enable: benchEnable,
  executions: benchExecutions,
  runner: benchRunner,
  rotate: benchRotate,
};
const USAGE = `Usage: npm run bench -- [--only NAME] [--json FILE] [--record]
Prints a table of what the app costs and how fast the runner is. Ends with 1 where a count or a ratio is worse than
bench/baseline.json allows.
  --only NAME  one of them: ${Object.keys(benches).join(', ')}
  --json FILE  write the measurements to FILE as well
  --record     write the counts and ratios to bench/baseline.json; its margins stay`;
const { values } = readArguments(
  USAGE,
  {
    options: {
      json: { type: 'string' },
      only: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  },
  ({ only }) => requireOneOf('--only', only, Object.keys(benches)),
);
const baseline = readBaseline();
const parts = new Map<string, readonly Measurement[]>();
for (const [name, bench] of Object.entries(benches)) {
  if (values.only !== undefined && name !== values.only) continue;
  const part = await bench();
  for (const { metric, value, unit } of part) {
    process.stdout.write(`${metric.padEnd(40)}${String(value).padStart(12)} ${unit}\n`);
  }
  parts.set(name, part);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify([...parts.values()].flat(), null, 2)}\n`);
process.exit(compareAndReport(baseline, parts, values.record));
