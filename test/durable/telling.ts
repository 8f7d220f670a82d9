/** Tells one story on a cloud of its own, and judges it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../../local/project.js';
import { check } from './checks.js';
import { writeFailure } from './failure.js';
import type { DurableVersion } from './setup/build.js';
import { launchExtensionCloud, temporaryFolder } from './setup/launch.js';
import { Scene, START_SECONDS } from './stories/scene.js';
import type { Story } from './stories/story.js';
import type { Row } from './table.js';

/** The schema's least, so that nothing is waited for longer than it must be. */
const LIMITS = 'limits: { changeableMinutes: 10, readyMinutes: 10, checkMinutes: 10, pollSeconds: 10 }';
const ROTATION = { strategy: 'graph', overlapHours: 1, failureLimitPercent: 40 };

/** What a dead or a frozen host had dequeued is seen again after this, the least; five minutes by default. */
const VISIBILITY = {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__controlQueueVisibilityTimeout: '00:01:00',
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout: '00:01:00',
};

/** @param record gets the scene before its cloud ends, where the story is to be recorded and went well */
export async function tellStory(
  story: Story,
  version: DurableVersion,
  record: (scene: Scene) => Promise<void> = async () => undefined,
): Promise<Row> {
  const began = performance.now();
  const log: string[] = [];
  const cloud = await launchExtensionCloud({
    version,
    config: configurationFile(story),
    runtimeStartSeconds: START_SECONDS,
    hosts: story.hosts ?? 1,
    hostEnvironment: story.kills || story.doubled ? VISIBILITY : {},
    // A sweep would mend what a story looks at: once a year.
    settings: { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    onLog: (line) => log.push(line),
  });
  const scene = new Scene(cloud, story.unlisted);
  const told = await tellAndCheck(scene, story);
  const row = judge(story, told);
  const remarks = [...row.remarks];
  if (row.verdict === 'failed') {
    const why = [told.outcome, ...row.remarks, told.stack].join('\n');
    remarks.push(`see ${await writeFailure(`${version} ${story.name}`, why, scene, log)}`);
  }
  if (row.verdict === 'passed') await record(scene);
  const twice = await scene.stats().then(
    ({ episodes }) => episodes.twice,
    () => 0,
  );
  await cloud.stop();
  return {
    ...row,
    version,
    story: story.name,
    outcome: told.outcome,
    remarks,
    seconds: (performance.now() - began) / 1000,
    kills: scene.kills,
    twice,
    writes: told.writes,
  };
}

interface Told {
  readonly outcome: string;
  readonly writes: number;
  readonly defects: readonly string[];
  readonly stack?: string;
}

async function tellAndCheck(scene: Scene, story: Story): Promise<Told> {
  try {
    const outcome = await story.tell(scene);
    await scene.quiet();
    return { outcome, ...(await check(scene, story)) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? `${error.stack}\n${String(error.cause)}` : '';
    return { outcome: `error: ${text}`, writes: 0, defects: [], stack };
  }
}

/** A fault that is known must not be mended unnoticed. */
export function judge(
  { expected, known }: Pick<Story, 'expected' | 'known'>,
  { outcome, defects }: Pick<Told, 'outcome' | 'defects'>,
): Pick<Row, 'verdict' | 'remarks'> {
  const wrong = [...(outcome === expected ? [] : [`not "${expected}"`]), ...defects];
  if (!known) return { verdict: wrong.length === 0 ? 'passed' : 'failed', remarks: wrong };
  if (wrong.length > 0) return { verdict: 'known', remarks: [...wrong, known.issue] };
  return { verdict: 'failed', remarks: [`is mended: take the mark "${known.issue}" off this story`] };
}

function configurationFile({ rotation = {}, profile = [] }: Story): string {
  const scenario = readFileSync(projectFile('local', 'scenario', 'airlock.yaml'), 'utf8').trimEnd();
  const indented = (lines: readonly string[], by: number) =>
    lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');
  const settings = Object.entries({ ...ROTATION, ...rotation }).map(([name, value]) => `${name}: ${value}`);
  const text = scenario.replace('      strategy: graph\n', indented(settings, 6));
  const lines = typeof profile === 'function' ? profile(new Date()) : profile;
  const file = join(temporaryFolder('airlock-durable-'), 'airlock.yaml');
  writeFileSync(file, `${text}\n${indented([LIMITS, ...lines], 4)}`);
  return file;
}
