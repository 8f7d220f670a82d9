/** What the scenarios of messages that come twice are made of: what is there before, waits, and looks at how things ended. */
import type { LocalClient } from '../../../local/client.js';
import { readRun, type ShownRun, startRun } from '../../../local/demo/follow.js';
import { runtimeId } from '../../../local/sample/names.js';
import type { RotationResult } from '../../../src/domain/runs/rotations.js';
import { TEST_CLOUD_CONFIG } from '../config.js';

export const HOUR = 3600;
export const DAY = 24 * HOUR;
/** Nothing of a scenario, with every wait in it, takes longer. */
export const LONGEST_SECONDS = 60 * HOUR;
export const NAMES = ['etl-a', 'etl-b', 'etl-c'] as const;

export const rotation = (lines: readonly string[]) =>
  TEST_CLOUD_CONFIG.replace(
    '      strategy: graph\n      overlapHours: 1\n',
    lines.map((line) => `      ${line}\n`).join(''),
  );

export async function fleet(client: LocalClient): Promise<void> {
  for (const name of NAMES) await client.createRuntime({ name });
  await client.run({ maxSeconds: 4 * HOUR });
}

/** Runs on a runtime, the newest first. */
export async function runsOn(client: LocalClient, name: string): Promise<readonly ShownRun[]> {
  const answer = await client.functions(`/api/runs?top=200&target=${encodeURIComponent(runtimeId(name))}`);
  if (!answer.ok) throw new Error(`GET /api/runs: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { runs: ShownRun[] }).runs;
}

/** What is wrong with how the runs on a runtime ended: one of them has to have ended so. */
export async function endOf(client: LocalClient, name: string, outcome: string): Promise<string[]> {
  const ended = (await runsOn(client, name)).map((run) => run.outcome ?? run.status);
  return ended.includes(outcome)
    ? []
    : [`the runs on ${name} ended as ${ended.join(', ')}, none as ${outcome}`];
}

export async function expectOutcome(client: LocalClient, id: string, wanted: string): Promise<string[]> {
  const { outcome, status, problem } = await readRun(client, id);
  return outcome === wanted
    ? []
    : [`${id} ended as ${outcome ?? status} ${problem?.code ?? ''}, not as ${wanted}`];
}

export async function rotated(client: LocalClient, id: string): Promise<string[]> {
  const { outcome, status, problem, result } = (await readRun(client, id)) as ShownRun & {
    result?: Pick<RotationResult, 'counts' | 'debts'>;
  };
  if (outcome !== 'rotated')
    return [`${id} ended as ${outcome ?? status} ${problem?.code ?? ''}, not as rotated`];
  const { moved } = result?.counts ?? {};
  return [
    ...(moved === NAMES.length ? [] : [`${moved} of ${NAMES.length} runtimes have it`]),
    ...(result?.debts ?? []).map(({ kind, what }) => `owes ${kind} ${what}`),
  ];
}

export async function oneKey(client: LocalClient): Promise<string[]> {
  const { length } = await client.passwords('airflow');
  return length === 1 ? [] : [`the application holds ${length} keys`];
}

/** What a scenario may not leave: a runtime without the credential in use, or one that a run still holds. */
export async function left(
  client: LocalClient,
  names: readonly string[],
  wanted?: string,
): Promise<string[]> {
  const defects: string[] = [];
  const shown = new Map((await client.runtimes()).map((runtime) => [runtime.name, runtime]));
  const marker = wanted ?? (await client.passwords('airflow')).at(-1)?.keyId;
  for (const name of names) {
    const carried = shown.get(name)?.marker;
    if (carried !== marker) defects.push(`${name} carries ${carried}, not ${marker}`);
    const { outcome } = await readEnded(client, { action: 'check', runtime: runtimeId(name) });
    if (outcome !== 'accessProven') defects.push(`a check of ${name} ends as ${outcome}`);
  }
  return defects;
}

/** Deletes a runtime, once nothing comes to it any more: its web server would be no host of Azure then. */
export async function remove(client: LocalClient, name: string): Promise<void> {
  await client.run({ maxSeconds: LONGEST_SECONDS });
  await client.deleteRuntime(name);
  await client.run({ maxSeconds: LONGEST_SECONDS });
}

export async function readEnded(client: LocalClient, request: object): Promise<ShownRun> {
  const id = await startRun(client, request);
  await until(client, async () => isOver(await readRun(client, id)));
  return readRun(client, id);
}

export function isOver({ status }: ShownRun): boolean {
  return ['completed', 'failed', 'cancelled'].includes(status);
}

/** Lets time pass until something is so, or nothing is under way any more. */
export async function until(client: LocalClient, so: () => Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < LONGEST_SECONDS && !(await so()); passed += 60) {
    const { idle } = await client.run({ maxSeconds: 60 });
    if (idle) return;
  }
}

/** To a minute past the next midnight, UTC. @returns that midnight, in ms since the epoch */
export async function untilMidnight(client: LocalClient): Promise<number> {
  const now = Date.parse((await client.clock()).now) / 1000;
  const midnight = now - (now % DAY) + DAY;
  await client.advance(midnight - now + 60);
  return midnight * 1000;
}

export const EVEN = 0;
export const ODD = 1;

/** To the beginning of an even or an odd hour of the day, UTC. */
export async function untilHour(client: LocalClient, parity: typeof EVEN | typeof ODD): Promise<void> {
  const now = Date.parse((await client.clock()).now) / 1000;
  const since = (now - parity * HOUR) % (2 * HOUR);
  await client.advance(2 * HOUR - since + 60);
}

export async function post(client: LocalClient, id: string, what: string, body: object): Promise<void> {
  await client.functions(`/api/runs/${id}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
