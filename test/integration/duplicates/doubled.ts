/** What the scenarios of messages that come twice share. */
import { expect } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { enable, runtimeId, startCloud, type TestCloud } from '../app/harness.js';
import {
  expectNoViolation,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  type ShownRotation,
} from '../app/rotationHarness.js';

type Duplicate = Extract<NewFault['action'], { kind: 'duplicate' }>;
type How = Omit<Duplicate, 'kind'>;
type Which = Pick<NewFault, 'times' | 'skip'>;

/** An operation of an entity comes twice, for example `runtimerecord begin`. */
export const operation = (name: string, how: How, which: Which = {}) =>
  fault('send-entity', `${name} `, how, which);
/** An operation of an entity is answered, and kept so many seconds later, when it is carried out again. */
export const unkept = (name: string, seconds: number, which: Which = { times: 1 }): NewFault => ({
  match: { service: 'host', operation: 'keep-entity', subject: `${name} ` },
  action: { kind: 'delay', seconds },
  ...which,
});
/** An activity runs twice. */
export const activity = (name: string, how: How, which: Which = {}) =>
  fault('send-activity', `${name} `, how, which);
/** A sub-orchestration is started again after so many seconds. */
export const child = (name: string, seconds: number, which: Which = {}) =>
  fault('send-subOrchestration', `${name} `, { mode: 'later', seconds }, which);
/** It comes once more after so many seconds. */
export const late = (seconds: number): How => ({ mode: 'later', seconds });

/** A cloud on which these faults strike from the beginning, with these runtimes, enabled. */
export async function doubled(
  faults: readonly NewFault[],
  names: readonly string[] = [],
  { configText = rotationConfig(), ...more }: Parameters<typeof startCloud>[0] = {},
): Promise<TestCloud> {
  const cloud = await startCloud({
    // Waits end at whole minutes: from a fixed beginning the same second always hits the same step.
    begin: '2026-11-25T12:00:00.000Z',
    configText,
    settings: NO_SWEEP,
    ...more,
  });
  for (const each of faults) await cloud.client.addFault(each);
  for (const name of names) await enable(cloud, { name });
  return cloud;
}

/** The rotation went through, and left one key, which every runtime has. */
export async function expectRotated(
  cloud: TestCloud,
  run: ShownRotation,
  names: readonly string[],
): Promise<void> {
  expect.soft(run.outcome).toBe('rotated');
  expect.soft(run.result?.debts ?? []).toEqual([]);
  const all = await keys(cloud);
  expect.soft(all).toEqual([run.result?.to]);
  for (const name of names) expect.soft(await markerOf(cloud, name)).toBe(run.result?.to);
  await expectNoViolation(cloud);
}

/** Three runtimes, of which one may fail. */
export const doubledThree = (faults: readonly NewFault[]): Promise<TestCloud> =>
  doubled(faults, ['etl-a', 'etl-b', 'etl-d'], { configText: rotationConfig(['failureLimitPercent: 50']) });

/** One of these three fails its check: the others move, and it goes back to what it had. */
export async function expectOneBack(cloud: TestCloud): Promise<void> {
  const [old] = await keys(cloud);
  await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'forged' } } });
  const run = await rotate(cloud);
  expect.soft(run.outcome).toBe('rotatedPartly');
  expect.soft(run.result?.stragglers).toMatchObject([{ runtime: runtimeId('etl-d'), code: 'wrongAnswer' }]);
  expect.soft(await markerOf(cloud, 'etl-d')).toBe(old);
  // It still has it.
  expect.soft(await keys(cloud)).toContain(old);
  await expectNoViolation(cloud);
}

function fault(point: string, subject: string, how: How, which: Which): NewFault {
  return {
    match: { service: 'host', operation: point, subject },
    action: { kind: 'duplicate', ...how },
    ...which,
  };
}
