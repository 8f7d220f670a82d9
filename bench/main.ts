/** `npm run bench [-- --json FILE --only coldStart|enable|executions|runner|rotate]`: prints a table of what the app costs and how fast the runner is. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchColdStart } from './coldStart.js';
import { benchEnable } from './enable.js';
import { benchExecutions } from './executions.js';
import type { Measurement } from './measure.js';
import { benchRotate } from './rotate.js';
import { benchRunner } from './runner.js';

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string', default: '' } },
});
const benches = {
  coldStart: benchColdStart,
  enable: benchEnable,
  executions: benchExecutions,
  runner: benchRunner,
  rotate: benchRotate,
};
const all: Measurement[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (!name.includes(values.only)) continue;
  const part = await bench();
  for (const { metric, value, unit } of part) {
    process.stdout.write(`${metric.padEnd(32)}${String(value).padStart(12)} ${unit}\n`);
  }
  all.push(...part);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
process.exit(0);
