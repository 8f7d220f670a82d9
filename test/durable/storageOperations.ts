/**
 * `npm run bench:storage`: what an idle app and one enablement ask of the storage account, and how long a start waits on a
 * hub that was idle; on the real extension, with host.json as it is shipped or with other settings of its storage.
 * docs/cost.md goes by these numbers.
 */
import { readFileSync } from 'node:fs';
import { compareAndReport, readBaseline } from '../../bench/baselineFile.js';
import type { Measurement } from '../../bench/measure.js';
import { readArguments, requireOneOf } from '../../infra/scripts/commandLine.mjs';
import { projectFile } from '../../local/project.js';
import { measureOperations } from './counting/operations.js';
import { measureStarts } from './counting/starts.js';
import { endEverything } from './setup/launch.js';

const PARTS = { operations: measureOperations, starts: measureStarts };
const USAGE = `Usage: npm run bench:storage -- [--only operations|starts] [--set NAME=VALUE]... [--record]
Counts the storage operations of an idle app and of one enablement, and measures how long a start waits where another host owns
the partition; on the real extension. Takes some fifteen minutes. Ends with 1 where a count is worse than bench/baseline.json.
  --only NAME       one of them: ${Object.keys(PARTS).join(', ')}
  --set NAME=VALUE  another value for a setting of host.json's storageProvider; nothing is compared then
  --record          writes the counts to bench/baseline.json`;
const { values } = readArguments(
  USAGE,
  {
    options: {
      only: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      record: { type: 'boolean', default: false },
    },
  },
  ({ only, set = [], record }) => {
    requireOneOf('--only', only, Object.keys(PARTS));
    const odd = set.find((one) => !/^\w+=./.test(one));
    if (odd !== undefined) throw new Error(`--set takes NAME=VALUE, not '${odd}'.`);
    if (record && set.length > 0) throw new Error('--record is for host.json as it is: leave --set out.');
  },
);

/** The local cloud of tests has settings of its own for what is at its default here: so every one that counts is given. */
function storageProvider(): Readonly<Record<string, string>> {
  const { extensions } = JSON.parse(readFileSync(projectFile('host.json'), 'utf8')) as {
    extensions: { durableTask: { storageProvider: Record<string, unknown> } };
  };
  const { type: _, ...shipped } = extensions.durableTask.storageProvider;
  const wanted = values.set.map((one): [string, string] => [
    one.slice(0, one.indexOf('=')),
    one.slice(one.indexOf('=') + 1),
  ]);
  const all = { maxQueuePollingInterval: '00:00:30', ...shipped, ...Object.fromEntries(wanted) };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void endEverything().finally(() => process.exit(1)));
}
try {
  const [settings, baseline] = [storageProvider(), readBaseline()];
  const parts = Object.entries(PARTS).filter(([name]) => values.only === undefined || name === values.only);
  const measured = await Promise.all(
    parts.map(async ([name, measure]): Promise<[string, Measurement[]]> => {
      const rows = await measure(settings);
      for (const { metric, value, unit } of rows) {
        process.stdout.write(`${metric.padEnd(44)}${String(value).padStart(10)} ${unit}\n`);
      }
      return [`storage.${name}`, rows];
    }),
  );
  if (values.set.length === 0)
    process.exitCode = compareAndReport(baseline, new Map(measured), values.record);
} finally {
  await endEverything();
}
