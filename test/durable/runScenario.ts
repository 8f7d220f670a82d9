/** Runs one scenario on a cloud of its own, and judges it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../../local/project.js';
import { check } from './checks.js';
import { type CountedStorage, countStorage, withoutLooks } from './countingProxy.js';
import { writeFailure } from './failure.js';
import { ScenarioContext, START_SECONDS } from './scenarios/context.js';
import type { DurableScenario } from './scenarios/scenario.js';
import type { DurableVersion } from './setup/build.js';
import { launchExtensionCloud, temporaryFolder } from './setup/launch.js';
import type { Row } from './table.js';

/** The schema's least, so that nothing is waited for longer than it must be. */
const LIMITS = 'limits: { changeableMinutes: 10, readyMinutes: 10, checkMinutes: 10, pollSeconds: 10 }';
const ROTATION = { strategy: 'graph', overlapHours: 1, failureLimitPercent: 40 };

/** What a dead or a frozen host had dequeued is seen again after this, the least; five minutes by default. */
const VISIBILITY = {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__controlQueueVisibilityTimeout: '00:01:00',
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout: '00:01:00',
};

/** @param record gets the scenario before its cloud ends, where the scenario is to be recorded and went well */
export async function runScenario(
  scenario: DurableScenario,
  version: DurableVersion,
  record: (context: ScenarioContext) => Promise<void> = async () => undefined,
): Promise<Row> {
  const began = performance.now();
  const log: string[] = [];
  const storages: CountedStorage[] = [];
  const cloud = await launchExtensionCloud({
    version,
    config: configurationFile(scenario),
    runtimeStartSeconds: START_SECONDS,
    hosts: scenario.hosts ?? 1,
    hostEnvironment: scenario.kills || scenario.doubled ? VISIBILITY : {},
    // A sweep would fix what a scenario looks at: once a year.
    settings: { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    onLog: (line) => log.push(line),
    async storageThrough(connectionString) {
      const storage = await countStorage(connectionString);
      storages.push(storage);
      return storage.connectionString;
    },
  });
  const context = new ScenarioContext(cloud, scenario.unlisted);
  const outcome = await runAndCheck(context, scenario);
  const row = judge(scenario, outcome);
  const remarks = [...row.remarks];
  if (row.verdict === 'failed') {
    const why = [outcome.outcome, ...row.remarks, outcome.stack].join('\n');
    remarks.push(`see ${await writeFailure(`${version} ${scenario.name}`, why, context, log)}`);
  }
  if (row.verdict === 'passed') await record(context);
  const twice = await context.stats().then(
    ({ episodes }) => episodes.twice,
    () => 0,
  );
  await cloud.stop();
  for (const storage of storages) storage.close();
  return {
    ...row,
    version,
    scenario: scenario.name,
    outcome: outcome.outcome,
    remarks,
    seconds: (performance.now() - began) / 1000,
    kills: context.kills,
    twice,
    writes: outcome.writes,
    storage: storages.reduce((sum, storage) => sum + withoutLooks(storage.count()), 0),
  };
}

interface ScenarioResult {
  readonly outcome: string;
  readonly writes: number;
  readonly defects: readonly string[];
  readonly stack?: string;
}

async function runAndCheck(context: ScenarioContext, scenario: DurableScenario): Promise<ScenarioResult> {
  try {
    const outcome = await scenario.run(context);
    await context.quiet();
    return { outcome, ...(await check(context, scenario)) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? `${error.stack}\n${String(error.cause)}` : '';
    return { outcome: `error: ${text}`, writes: 0, defects: [], stack };
  }
}

/** A fault that is known must not be fixed unnoticed. */
export function judge(
  { expected, known }: Pick<DurableScenario, 'expected' | 'known'>,
  { outcome, defects }: Pick<ScenarioResult, 'outcome' | 'defects'>,
): Pick<Row, 'verdict' | 'remarks'> {
  const wrong = [...(outcome === expected ? [] : [`not "${expected}"`]), ...defects];
  if (!known) return { verdict: wrong.length === 0 ? 'passed' : 'failed', remarks: wrong };
  if (wrong.length > 0) return { verdict: 'known', remarks: [...wrong, known.issue] };
  return { verdict: 'failed', remarks: [`is fixed: take the mark "${known.issue}" off this scenario`] };
}

function configurationFile({ rotation = {}, profile = [] }: DurableScenario): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8').trimEnd();
  const indented = (lines: readonly string[], by: number) =>
    lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');
  const settings = Object.entries({ ...ROTATION, ...rotation }).map(([name, value]) => `${name}: ${value}`);
  const text = sample.replace('      strategy: graph\n', indented(settings, 6));
  const lines = typeof profile === 'function' ? profile(new Date()) : profile;
  const file = join(temporaryFolder('airlock-durable-'), 'airlock.yaml');
  writeFileSync(file, `${text}\n${indented([LIMITS, ...lines], 4)}`);
  return file;
}
