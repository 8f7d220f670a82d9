/** An app that is rolled back to an older version, and what the newer one had begun. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { projectFile } from '../../../local/project.js';
import { TOPIC_HOST } from '../../../local/sample/names.js';
import { APP_VERSION } from '../../../src/domain/runs/appVersion.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { enable, requestRun, startCloud, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  followRotation,
  keys,
  NO_SWEEP,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

const NEWER = '7.0';
const CONFIG = rotationConfig().replace(
  'version: 1\n',
  `version: 1\nevents: { topic: "https://${TOPIC_HOST}/api/events" }\n`,
);

let folder: string;
let cloud: TestCloud;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-rollback-'));
});
afterEach(async () => {
  await cloud.handle.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts the built app there as one of a newer version, in host.json and in its own code. Gives its entry point. */
function newerApp(): string {
  const from = (path: string) => readFileSync(projectFile(path), 'utf8');
  cpSync(projectFile('dist'), join(folder, 'dist'), { recursive: true });
  const host = from('host.json').replace(
    `"defaultVersion": "${APP_VERSION}"`,
    `"defaultVersion": "${NEWER}"`,
  );
  writeFileSync(join(folder, 'host.json'), host);
  const chunks = join(folder, 'dist', 'chunks');
  const changed = readdirSync(chunks)
    .filter((name) => name.endsWith('.js'))
    .filter((name) => {
      const text = readFileSync(join(chunks, name), 'utf8');
      if (!text.includes('compareVersions(') || !text.includes(`"${APP_VERSION}"`)) return false;
      writeFileSync(join(chunks, name), text.replaceAll(`"${APP_VERSION}"`, `"${NEWER}"`));
      return true;
    });
  expect(changed).not.toEqual([]);
  return join(folder, 'dist', 'main.js');
}

/** The cloud goes on with this app; absent: the one that is built. */
async function deploy(app?: string): Promise<void> {
  cloud = await startCloud({
    configText: CONFIG,
    settings: NO_SWEEP,
    state: join(folder, 'state'),
    ...(app === undefined ? {} : { app }),
  });
}

async function sweep() {
  return (await requestRun(cloud.client, { action: 'sweep' })) as unknown as {
    readonly result: Pick<SweepResult, 'unmoved'>;
  };
}

/** Runs of which an event says that they wait for a newer app. */
async function told(): Promise<string[]> {
  const events = (await cloud.client.published()) as {
    eventType: string;
    data: { runId: string; problem?: { code: string } };
  }[];
  return events
    .filter(
      ({ eventType, data }) =>
        eventType.startsWith('Airlock.RunFailed') && data.problem?.code === 'newerVersion',
    )
    .map(({ data }) => data.runId);
}

describe('an app that is rolled back', () => {
  it('names what the newer version began, tells of it once, and leaves it to that version', async () => {
    const newer = newerApp();
    await deploy(newer);
    expect(await enable(cloud, { name: 'one' })).toMatchObject({ outcome: 'enabled' });
    expect(await sweep()).toMatchObject({ outcome: 'swept', result: { unmoved: [] } });
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 });
    await cloud.handle.stop();

    await deploy();
    const waiting = { code: 'newerVersion', message: expect.stringContaining(NEWER) };
    const found = [{ runId: id, target: 'airflow-sp', problem: waiting }];
    expect(await sweep()).toMatchObject({ outcome: 'swept', result: { unmoved: found } });
    expect(await readRun(cloud.client, id)).toMatchObject({
      status: 'running',
      version: NEWER,
      problem: waiting,
    });
    expect(await told()).toEqual([id]);
    await cloud.client.advance(3600);
    expect(await sweep()).toMatchObject({ result: { unmoved: found } });
    expect(await told()).toEqual([id]);
    await cloud.handle.stop();

    await deploy(newer);
    const run = await followRotation(cloud, id);
    expect(run.outcome).toBe('rotated');
    expect(await keys(cloud)).toEqual([run.result?.to]);
    await expectNoViolation(cloud);
  });
});
