/** What the tests of rotations share: a cloud with enabled runtimes, rotations, and the audit afterwards. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { projectFile } from '../../../local/project.js';
import { AS_DEPLOYED } from '../../../local/sample/appSettings.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, PRINCIPALS } from '../../../local/sample/names.js';
import type { RotationResult } from '../../../src/domain/runs/rotations.js';
import { audit } from '../../faults/audit.js';
import { request, runsOn, runtimeId, startCloud, type TestCloud } from './harness.js';

const HOUR = 3600;

/**
 * As deployed, so that no run answers to what the app itself has written; but the sweep comes on a day that never does: it
 * would fix what a test looks at.
 */
export const NO_SWEEP = { ...AS_DEPLOYED, AIRLOCK_SWEEP_SCHEDULE: '0 0 0 30 2 *' };

/** A rotation as the API shows it. */
export type ShownRotation = ShownRun & {
  readonly result?: Pick<
    RotationResult,
    'from' | 'to' | 'counts' | 'stragglers' | 'debts' | 'unread' | 'otherHubs'
  >;
  readonly waitingFor?: { readonly gate: string; readonly until: string };
  readonly overlapUntil?: string;
};

/** The sample environment's configuration with short limits and what differs in its rotation, as YAML lines. */
export function rotationConfig(rotation: readonly string[] = [], limits = '12'): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8').trimEnd();
  // A day of overlap is looks by the hour at whether somebody has changed it.
  const overlap = rotation.some((line) => line.startsWith('overlapHours')) ? [] : ['overlapHours: 2'];
  const lines = [...rotation, ...overlap].map((line) => `      ${line}\n`).join('');
  const withRotation = sample.replace(
    '      strategy: graph\n',
    lines.includes('strategy:') ? lines : `      strategy: graph\n${lines}`,
  );
  return `${withRotation}\n    limits: { changeableMinutes: ${limits}, readyMinutes: ${limits}, checkMinutes: ${limits}, pollSeconds: 60 }\n`;
}

/** A cloud with these runtimes, enabled. */
export async function fleet(
  names: readonly string[],
  configText = rotationConfig(),
  settings: Record<string, string> = NO_SWEEP,
): Promise<TestCloud> {
  const cloud = await startCloud({ configText, settings });
  for (const name of names) await cloud.client.createRuntime({ name });
  if (names.length > 0) await cloud.client.run({ maxSeconds: 12 * HOUR });
  for (const name of names) {
    const [first] = await runsOn(cloud.client, name);
    expect(first?.outcome, name).toBe('enabled');
  }
  return cloud;
}

/** Starts a rotation by request; gives its id. */
export async function startRotation({ client }: TestCloud, more: object = { force: true }): Promise<string> {
  const answer = await request(client, { action: 'rotate', credential: 'airflow-sp', ...more });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

/** Lets time pass until the rotation has ended; `each` may interfere after each slice in which something may have happened. */
export async function followRotation(
  { client }: TestCloud,
  id: string,
  options: { hours?: number; sliceSeconds?: number; each?: (run: ShownRotation) => Promise<void> } = {},
): Promise<ShownRotation> {
  const { hours = 200, each } = options;
  // Time stands still where nothing is left to happen, so that a long slice ends with the rotation.
  const { sliceSeconds = each ? HOUR : 12 * HOUR } = options;
  // Whoever has just looked may have interfered, and what that does needs no time to pass: the next slice is looked at, too.
  let mayDiffer = true;
  for (let passed = 0; passed < hours * HOUR; passed += sliceSeconds) {
    const { steps } = await client.run({ maxSeconds: sliceSeconds });
    if (steps === 0 && !mayDiffer) continue;
    mayDiffer = each !== undefined && steps > 0;
    const run = (await readRun(client, id)) as ShownRotation;
    if (['completed', 'failed', 'cancelled'].includes(run.status)) return run;
    await each?.(run);
  }
  throw new Error(`The rotation ${id} did not end in ${hours} h.`);
}

/**
 * Lets time pass, a minute at a time, until the run is where it should be. Minutes in which nothing happens are not looked
 * at, but for the first: whoever calls this may have just told the run something.
 */
export async function followUntil<Run extends object>(
  cloud: TestCloud,
  id: string,
  there: (run: Run) => boolean,
): Promise<Run> {
  const look = async () => (await readRun(cloud.client, id)) as unknown as Run;
  let run = await look();
  for (let minutes = 0; !there(run); run = await look()) {
    if (minutes >= MOST_MINUTES) throw new Error(`The run ${id} never got there.`);
    minutes += await pass(cloud, 60, minutes === 0 ? 1 : MOST_MINUTES - minutes);
  }
  return run;
}
const MOST_MINUTES = 200;

/** Lets time pass by slices, to the end of the first in which something happens, or of as many as `most`; gives how many. */
async function pass({ client }: TestCloud, sliceSeconds: number, most: number): Promise<number> {
  if (most === 1) {
    await client.run({ maxSeconds: sliceSeconds });
    return 1;
  }
  const begin = Date.parse((await client.clock()).now) / 1000;
  const { now, idle } = await client.run({ maxSeconds: sliceSeconds * most, maxSteps: 1 });
  // Time stands still where nothing is left to happen.
  if (idle) return most;
  const here = Date.parse(now) / 1000;
  const slices = Math.max(1, Math.ceil((here - begin) / sliceSeconds));
  const rest = begin + slices * sliceSeconds - here;
  if (rest > 0) await client.run({ maxSeconds: rest });
  return slices;
}

/** Tells a run something by the app's API, for example `approve`. */
export async function instruct(
  { client }: TestCloud,
  id: string,
  what: string,
  body: object,
): Promise<Response> {
  return client.functions(`/api/runs/${id}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Rotates and waits for the end. */
export async function rotate(cloud: TestCloud, more?: object): Promise<ShownRotation> {
  return followRotation(cloud, await startRotation(cloud, more));
}

/** Somebody terminates a run at the durable host and starts it there once more, with the same id and input. */
export async function beginAgain({ client }: TestCloud, id: string): Promise<void> {
  const { functions, systemKey } = client.ready;
  const at = (path: string) => new URL(`/runtime/webhooks/durabletask/${path}code=${systemKey}`, functions);
  const shown = (await (await fetch(at(`instances/${id}?`))).json()) as { name: string; input: unknown };
  const ended = await fetch(at(`instances/${id}/terminate?reason=by-hand&`), { method: 'POST' });
  expect(ended.status).toBe(202);
  await client.run({ maxSeconds: 1 });
  const body = JSON.stringify(shown.input);
  const begun = await fetch(at(`orchestrators/${shown.name}/${id}?`), { method: 'POST', body });
  expect(begun.status).toBe(202);
}

/** Key ids that the application holds. */
export async function keys({ client }: TestCloud): Promise<string[]> {
  return (await client.passwords('airflow')).map(({ keyId }) => keyId);
}

/** Somebody adds a key and writes it into the credential's secret without saying which it is, nor when it ends. */
export async function writeUntagged({ client }: TestCloud, validDays = 90): Promise<string> {
  const end = Date.parse((await client.clock()).now) + validDays * 24 * HOUR * 1000;
  const added = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
  await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value: added.value });
  return added.keyId;
}

/** The key id that a runtime's settings name. */
export async function markerOf({ client }: TestCloud, name: string): Promise<string | undefined> {
  const token = await client.token();
  const answer = await client.azure(
    'management.azure.com',
    `${runtimeId(name)}?api-version=2018-06-01`,
    {},
    token,
  );
  const { properties } = JSON.parse(answer.text) as {
    properties: {
      typeProperties: { airflowProperties: { airflowEnvironmentVariables: Record<string, string> } };
    };
  };
  return properties.typeProperties.airflowProperties.airflowEnvironmentVariables['AIRLOCK_CREDENTIAL_ID'];
}

/** Nothing broke a rule, as far as the cloud's ledger tells. */
export async function expectNoViolation({ client }: TestCloud, debts: readonly string[] = []): Promise<void> {
  const entries = await client.ledger();
  expect(entries[0]?.n).toBe(1);
  expect(audit(entries, { app: PRINCIPALS.app, secret: CREDENTIAL_SECRET }, debts)).toEqual([]);
}
