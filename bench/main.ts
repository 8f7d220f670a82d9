/** `npm run bench`: prints a table of what the app costs and how fast the runner is. */
import { writeFileSync } from 'node:fs';
import { readArguments, requireOneOf } from '../infra/scripts/commandLine.mjs';
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
const USAGE = `Usage: npm run bench -- [--only NAME] [--json FILE]
Prints a table of what the app costs and how fast the runner is.
  --only NAME  one of them: ${Object.keys(benches).join(', ')}
  --json FILE  write the measurements to FILE as well`;
const { values } = readArguments(
  USAGE,
  { options: { json: { type: 'string' }, only: { type: 'string' } } },
  ({ only }) => requireOneOf('--only', only, Object.keys(benches)),
);
const all: Measurement[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (values.only !== undefined && name !== values.only) continue;
  const part = await bench();
  for (const { metric, value, unit } of part) {
    process.stdout.write(`${metric.padEnd(32)}${String(value).padStart(12)} ${unit}\n`);
  }
  all.push(...part);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
process.exit(0);
