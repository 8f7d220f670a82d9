/** A credential that was rotated from another task hub before: another app does it, or this one has lost its storage. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { emptyHub } from '../../emptyHub.js';
import { enable, requestRun, startCloud, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

const NAMES = ['etl-a', 'etl-b', 'etl-c'];
const HOUR = 3600;

/** Where the hub is lost. */
const STEPS = ['prove the new credential', 'move 2 runtimes', 'wait for the end of the overlap'];

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'airlock-hub-'));
  folders.push(path);
  return path;
};
const start = (state: string) => startCloud({ state, configText: rotationConfig(), settings: NO_SWEEP });

let cloud: TestCloud;
let rotation: string;
/** By step: what is there when a rotation has come to it. */
const stateAt = new Map<string, string>();
beforeAll(async () => {
  const state = folder();
  cloud = await start(state);
  for (const name of NAMES) await enable(cloud, { name });
  rotation = await startRotation(cloud);
  for (const step of STEPS) {
    await runUntil(step);
    await cloud.handle.stop();
    const copy = folder();
    cpSync(state, copy, { recursive: true });
    stateAt.set(step, copy);
    if (step !== STEPS.at(-1)) cloud = await start(state);
  }
});
afterEach(async () => {
  await cloud.handle.stop();
});
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

async function runUntil(step: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const run = (await readRun(cloud.client, rotation)) as ShownRotation;
    if (run.step?.name === step) return;
    await cloud.client.run({ maxSeconds: 5 });
  }
  throw new Error(`The rotation did not come to "${step}".`);
}

/** The app starts on an empty task hub where its rotation had come to this step. */
async function loseHubAt(step: string): Promise<void> {
  const state = stateAt.get(step) ?? '';
  emptyHub(state);
  cloud = await start(state);
  expect((await cloud.client.functions(`/api/runs/${rotation}`)).status).toBe(404);
}

/** Three sweeps, six hours apart; gives what the last one tells of the credential. */
async function sweepThrice(): Promise<SweepResult['credentials'][number] | undefined> {
  let told: SweepResult['credentials'] = [];
  for (let sweep = 0; sweep < 3; sweep++) {
    await cloud.client.advance(6 * HOUR);
    const run = (await requestRun(cloud.client, { action: 'sweep' })) as unknown as {
      readonly result: Pick<SweepResult, 'credentials'>;
    };
    told = run.result.credentials;
  }
  return told[0];
}

const markers = () => Promise.all(NAMES.map((name) => markerOf(cloud, name)));

describe('a key that another task hub minted', () => {
  it.each(['prove the new credential', 'move 2 runtimes'])(
    'stays and is reported where that hub was lost in "%s", and nobody has it any more',
    async (step) => {
      await loseHubAt(step);
      const [old = '', others = ''] = await keys(cloud);
      const told = await sweepThrice();

      expect(await keys(cloud)).toEqual([old, others]);
      expect(await markers()).toEqual([old, old, old]);
      expect(told).toMatchObject({
        otherHubs: [{ keyId: others, label: expect.stringMatching(/^airlock \S+ rq-/) }],
      });
      const run = await rotate(cloud);
      expect(run).toMatchObject({ outcome: 'rotated', result: { otherHubs: [{ keyId: others }] } });
      expect(await keys(cloud)).toEqual([others, run.result?.to]);
      await expectNoViolation(cloud, [others]);
    },
  );

  it('stays where it is the one that everybody reads, and is rotated out of the runtimes', async () => {
    await loseHubAt('wait for the end of the overlap');
    const [old = '', others = ''] = await keys(cloud);
    await sweepThrice();
    expect(await markers()).toEqual([others, others, others]);

    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotated', result: { from: others } });
    expect(await markers()).toEqual(NAMES.map(() => run.result?.to));
    expect(await keys(cloud)).toEqual([old, others, run.result?.to]);
    expect(await rotate(cloud, {})).toMatchObject({
      outcome: 'upToDate',
      result: { otherHubs: [{ keyId: others }] },
    });
    await expectNoViolation(cloud, [others]);
  });
});
