/** What the app does while messages come twice: each scene can be played again and again on the same cloud. */
import type { LocalClient } from '../../../local/client.js';
import { readRun, type ShownRun, startRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, runtimeId } from '../../../local/scenario/names.js';
import type { RotationResult } from '../../../src/domain/runs/rotations.js';
import { BED_CONFIG } from '../config.js';
import { THEIR_OWN } from '../portal.js';
import type { Message } from './ways.js';

export interface Scene {
  readonly name: string;
  readonly config: string;
  /** Of what other scenes send, too, it has cells for these kinds alone; absent: for all. */
  readonly kinds?: readonly Message['kind'][];
  /** Makes what is there before, once for each cloud. */
  prepare(client: LocalClient): Promise<void>;
  /**
   * Plays it to its end, until nothing is under way, nor to come. `turn`: differs each time that it is played. Gives
   * what is not as it is without duplicates.
   */
  play(client: LocalClient, turn: number): Promise<readonly string[]>;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Nothing of a scene, with every wait in it, takes longer. */
const LONGEST_SECONDS = 60 * HOUR;
const NAMES = ['etl-a', 'etl-b', 'etl-c'] as const;

const rotation = (lines: readonly string[]) =>
  BED_CONFIG.replace(
    '      strategy: graph\n      overlapHours: 1\n',
    lines.map((line) => `      ${line}\n`).join(''),
  );

/** Odd hours: what comes in an even one waits for the next. */
const WINDOWS = Array.from({ length: 12 }, (_, index) => {
  const [start, end] = [2 * index + 1, (2 * index + 2) % 24].map((hour) => String(hour).padStart(2, '0'));
  return `{ days: [mon, tue, wed, thu, fri, sat, sun], start: "${start}:00", end: "${end}:00", timeZone: UTC }`;
});

/**
 * A new runtime is enabled. Then somebody sets it up anew while it works: one run that waits for its window is cancelled,
 * another waits for it and for the tasks that are running, and enables it again.
 */
const enabling: Scene = {
  name: 'enabling',
  config: `${BED_CONFIG}    maintenance: { windows: [${WINDOWS.join(', ')}], drainMinutes: 30 }
    access: { importDags: { linkedService: AzureBlobStorage1, folderPath: airflow } }
`,
  // A list without it: whatever is repeated, and however late, the runtime is new.
  prepare: async (client) => {
    await readEnded(client, { action: 'sweep' });
  },
  async play(client, turn) {
    const name = `new-${turn}`;
    await untilHour(client, EVEN);
    await client.createRuntime({ name });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const first = await endOf(client, name, 'enabled');
    await untilHour(client, EVEN);
    await client.createRuntime({ name, airflowProperties: THEIR_OWN });
    await client.run({ maxSeconds: 600 });
    const [waiting] = await runsOn(client, name);
    const cancelled = waiting?.id ?? '';
    await tell(client, cancelled, 'cancel', {});
    await until(client, async () => isOver(await readRun(client, cancelled)));
    await client.setAirflow(name, { otherTasks: 2 });
    const again = await startRun(client, { action: 'enable', runtime: runtimeId(name) });
    await untilHour(client, ODD);
    await client.run({ maxSeconds: 300 });
    await client.setAirflow(name, { otherTasks: 0 });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [
      ...first,
      ...(await expectOutcome(client, cancelled, 'cancelled')),
      ...(await expectOutcome(client, again, 'enabled')),
      ...(await left(client, [name])),
    ];
    await remove(client, name);
    return defects;
  },
};

/** The app mints the next credential and moves every runtime to it; a person approves, and shortens the overlap. */
const rotating: Scene = {
  name: 'rotating',
  config: rotation(['strategy: graph', 'overlapHours: 8', 'approval: { before: pilot, deadlineHours: 24 }']),
  prepare: fleet,
  async play(client) {
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await until(client, async () => {
      const run = (await readRun(client, id)) as ShownRun & { waitingFor?: { gate: string } };
      return run.waitingFor !== undefined || isOver(run);
    });
    await tell(client, id, 'approve', { gate: 'pilot', decision: 'approve' });
    await until(client, async () => {
      const run = await readRun(client, id);
      return run.overlapUntil !== undefined || isOver(run);
    });
    const soon = Date.parse((await client.clock()).now) + HOUR * 1000;
    await tell(client, id, 'overlap', { until: new Date(soon).toISOString() });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...(await rotated(client, id)), ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};

/** The same where every step asks for patience once. */
const throttled: Scene = {
  ...rotating,
  name: 'rotating, throttled',
  kinds: [],
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  async play(client) {
    for (const [service, operation] of [
      ['graph', 'applications.addPassword'],
      ['graph', 'applications.removePassword'],
      ['vault', 'secrets.update'],
      ['arm', 'integrationRuntimes.createOrUpdate'],
      ['arm', 'integrationRuntimes.list'],
    ] as const) {
      await client.addFault({
        match: { service, operation },
        action: { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
        times: 1,
      });
    }
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...(await rotated(client, id)), ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};

/** One runtime fails its check: it goes back to what it had, and moves once its check works again. */
const straggling: Scene = {
  name: 'straggling',
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  kinds: ['child'],
  prepare: fleet,
  async play(client) {
    const [old] = await client.passwords('airflow');
    await client.setAirflow('etl-c', { dags: { airlock_check: { behaviour: 'forged' } } });
    const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = await expectOutcome(client, id, 'rotatedPartly');
    const carried = (await client.runtimes()).find(({ name }) => name === 'etl-c')?.marker;
    if (carried !== old?.keyId) defects.push(`etl-c carries ${carried}, not ${old?.keyId}, which it had`);
    if ((await client.passwords('airflow')).length !== 2) defects.push('not both keys are there');
    await client.setAirflow('etl-c', { dags: { airlock_check: { behaviour: 'normal' } } });
    // Longer than the longest pause after failures.
    await client.advance(26 * HOUR);
    await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    return [...defects, ...(await left(client, NAMES)), ...(await oneKey(client))];
  },
};

/** Somebody else writes the next version of the secret, and the app moves every runtime to it. */
const external: Scene = {
  name: 'external',
  config: rotation(['strategy: external', 'overlapHours: 1']),
  prepare: fleet,
  async play(client) {
    const before = await client.passwords('airflow');
    const end = Date.parse((await client.clock()).now) + 90 * DAY * 1000;
    const { value } = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
      value,
      exp: Math.floor(end / 1000),
    });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [...(await left(client, NAMES, version))];
    const again = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { outcome } = await readRun(client, again);
    if (outcome !== 'upToDate') defects.push(`a rotation afterwards ends as ${outcome}, not upToDate`);
    if ((await client.passwords('airflow')).length !== before.length + 1) defects.push('a key was removed');
    // Whoever wrote the new one takes the old ones away.
    for (const { keyId } of before) await client.removePassword('airflow', keyId);
    return defects;
  },
};

/** Nobody knows when what somebody else wrote ends: three rotations find it, and one event of the day tells. */
const expiring: Scene = {
  name: 'expiring',
  config: rotation(['strategy: external', 'overlapHours: 1']),
  kinds: ['entity'],
  prepare: fleet,
  async play(client) {
    const before = await client.passwords('airflow');
    const { value } = await client.addPassword('airflow', {});
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const midnight = await untilMidnight(client);
    const defects: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
      await until(client, async () => isOver(await readRun(client, id)));
      defects.push(...(await expectOutcome(client, id, 'expiring')));
    }
    await client.run({ maxSeconds: LONGEST_SECONDS });
    // By whichever run looked first: at New Year that is one that the stage's only sweep has started.
    const told = new Set(
      ((await client.published()) as { id: string; eventType: string; eventTime: string }[])
        .filter(({ eventType }) => eventType === 'Airlock.CredentialExpiring.v1')
        .filter(({ eventTime }) => Date.parse(eventTime) >= midnight)
        .map((event) => event.id),
    );
    // One more where the entity's answer was out and its state was not kept yet.
    if (told.size < 1 || told.size > 2)
      defects.push(`${told.size} events tell that nobody knows the end, not one`);
    for (const { keyId } of before) await client.removePassword('airflow', keyId);
    return [...defects, ...(await left(client, NAMES, version))];
  },
};

/** Somebody writes a version without saying which key it holds: the app finds the key and notes it. */
const untagged: Scene = {
  name: 'untagged',
  config: rotation(['strategy: graph', 'overlapHours: 1']),
  kinds: ['activity'],
  prepare: fleet,
  async play(client) {
    const before = await client.passwords('airflow');
    const end = Date.parse((await client.clock()).now) + 400 * DAY * 1000;
    const { keyId, value } = await client.addPassword('airflow', {
      endDateTime: new Date(end).toISOString(),
    });
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const again = await startRun(client, { action: 'rotate', credential: 'airflow-sp' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = [
      ...(await expectOutcome(client, again, 'upToDate')),
      ...(await left(client, NAMES, version)),
    ];
    if (!(await client.passwords('airflow')).some((key) => key.keyId === keyId))
      defects.push('its key is gone');
    for (const key of before) await client.removePassword('airflow', key.keyId);
    return defects;
  },
};

/** No event told of two runtimes: a sweep finds them. Then all are checked, and the app looks at its own set-up. */
const sweeping: Scene = {
  name: 'sweeping',
  config: BED_CONFIG,
  async prepare(client) {
    await fleet(client);
    // What its list does not show is new to the app from then on.
    await readEnded(client, { action: 'sweep' });
    await client.unsubscribe('airlock-runtimes');
  },
  async play(client, turn) {
    const silent = `silent-${turn}`;
    const names = [...NAMES, silent];
    await client.createRuntime({ name: silent });
    await client.createRuntime({ name: 'etl-a', airflowProperties: THEIR_OWN });
    await client.run({ maxSeconds: HOUR });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const defects = await expectOutcome(client, id, 'swept');
    const checks = await startRun(client, { action: 'check', profile: 'default' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { result: checked } = (await readRun(client, checks)) as { result?: { outcomes: object } };
    const outcomes = JSON.stringify(checked?.outcomes);
    if (outcomes !== JSON.stringify({ accessProven: names.length }))
      defects.push(`the checks end as ${outcomes}`);
    const preflight = await startRun(client, { action: 'preflight' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const { status } = await readRun(client, preflight);
    if (status !== 'completed') defects.push(`the preflight is ${status}`);
    const { result } = (await readEnded(client, { action: 'sweep', dryRun: true })) as {
      result?: { profiles: readonly { findings: object }[] };
    };
    const findings = JSON.stringify(result?.profiles[0]?.findings);
    if (findings !== JSON.stringify({ fine: names.length }))
      defects.push(`a sweep afterwards finds ${findings}`);
    defects.push(...(await left(client, names)));
    await remove(client, silent);
    return defects;
  },
};

/** A runtime that nothing is to be written to: the sweep notes that it was there. */
const observing: Scene = {
  name: 'observing',
  config: `${BED_CONFIG}    mode: observe\n`,
  kinds: ['entity'],
  prepare: () => Promise.resolve(),
  async play(client, turn) {
    const name = `there-${turn}`;
    await client.createRuntime({ name });
    await client.run({ maxSeconds: HOUR });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const events = (await client.published()) as { id: string; eventType: string; data: { runId: string } }[];
    const told = events.filter(
      ({ eventType, data }) => eventType === 'Airlock.ExistingRuntimesFound.v1' && data.runId === id,
    );
    const { marker } = (await client.runtimes()).find((runtime) => runtime.name === name) ?? {};
    await remove(client, name);
    return [
      ...(await expectOutcome(client, id, 'swept')),
      // None where the entity's answer was out and its state was kept already.
      ...(new Set(told.map((event) => event.id)).size <= 1 ? [] : [`${told.length} events tell of ${name}`]),
      ...(marker ? [`${name} was written`] : []),
    ];
  },
};

/** A sweep finds that Microsoft Graph refuses it, and the topic is down for as long as it tells of that. */
const unsent: Scene = {
  name: 'unsent',
  config: BED_CONFIG,
  kinds: [],
  async prepare(client) {
    await fleet(client);
    // What is there is noted once.
    await readEnded(client, { action: 'sweep' });
  },
  async play(client) {
    await client.addFault({ match: { service: 'graph' }, action: { kind: 'status', status: 403 }, times: 1 });
    await client.addFault({
      match: { service: 'eventGrid', operation: 'events.publish' },
      action: { kind: 'drop' },
      times: 3,
    });
    const id = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const again = await startRun(client, { action: 'sweep' });
    await client.run({ maxSeconds: LONGEST_SECONDS });
    const events = (await client.published()) as { id: string; data: { runId: string } }[];
    const told = new Set(events.filter(({ data }) => data.runId === id).map((event) => event.id));
    return [
      ...(await expectOutcome(client, id, 'swept')),
      ...(await expectOutcome(client, again, 'swept')),
      ...(told.size === 1 ? [] : [`${told.size} events tell of what the sweep found, not one`]),
      ...(await left(client, NAMES)),
    ];
  },
};

export const SCENES: readonly Scene[] = [
  enabling,
  rotating,
  throttled,
  straggling,
  external,
  expiring,
  untagged,
  sweeping,
  observing,
  unsent,
];

async function fleet(client: LocalClient): Promise<void> {
  for (const name of NAMES) await client.createRuntime({ name });
  await client.run({ maxSeconds: 4 * HOUR });
}

/** Runs on a runtime, the newest first. */
async function runsOn(client: LocalClient, name: string): Promise<readonly ShownRun[]> {
  const answer = await client.functions(`/api/runs?top=200&target=${encodeURIComponent(runtimeId(name))}`);
  if (!answer.ok) throw new Error(`GET /api/runs: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { runs: ShownRun[] }).runs;
}

/** What is wrong with how the runs on a runtime ended: one of them has to have ended so. */
async function endOf(client: LocalClient, name: string, outcome: string): Promise<string[]> {
  const ended = (await runsOn(client, name)).map((run) => run.outcome ?? run.status);
  return ended.includes(outcome)
    ? []
    : [`the runs on ${name} ended as ${ended.join(', ')}, none as ${outcome}`];
}

async function expectOutcome(client: LocalClient, id: string, wanted: string): Promise<string[]> {
  const { outcome, status, problem } = await readRun(client, id);
  return outcome === wanted
    ? []
    : [`${id} ended as ${outcome ?? status} ${problem?.code ?? ''}, not as ${wanted}`];
}

async function rotated(client: LocalClient, id: string): Promise<string[]> {
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

async function oneKey(client: LocalClient): Promise<string[]> {
  const { length } = await client.passwords('airflow');
  return length === 1 ? [] : [`the application holds ${length} keys`];
}

/** What a scene may not leave: a runtime without the credential in use, or one that a run still holds. */
async function left(client: LocalClient, names: readonly string[], wanted?: string): Promise<string[]> {
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
async function remove(client: LocalClient, name: string): Promise<void> {
  await client.run({ maxSeconds: LONGEST_SECONDS });
  await client.deleteRuntime(name);
  await client.run({ maxSeconds: LONGEST_SECONDS });
}

async function readEnded(client: LocalClient, request: object): Promise<ShownRun> {
  const id = await startRun(client, request);
  await until(client, async () => isOver(await readRun(client, id)));
  return readRun(client, id);
}

function isOver({ status }: ShownRun): boolean {
  return ['completed', 'failed', 'cancelled'].includes(status);
}

/** Lets time pass until something is so, or nothing is under way any more. */
async function until(client: LocalClient, so: () => Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < LONGEST_SECONDS && !(await so()); passed += 60) {
    const { idle } = await client.run({ maxSeconds: 60 });
    if (idle) return;
  }
}

/** To a minute past the next midnight, UTC. @returns that midnight, in ms since the epoch */
async function untilMidnight(client: LocalClient): Promise<number> {
  const now = Date.parse((await client.clock()).now) / 1000;
  const midnight = now - (now % DAY) + DAY;
  await client.advance(midnight - now + 60);
  return midnight * 1000;
}

const EVEN = 0;
const ODD = 1;

/** To the beginning of an even or an odd hour of the day, UTC. */
async function untilHour(client: LocalClient, parity: typeof EVEN | typeof ODD): Promise<void> {
  const now = Date.parse((await client.clock()).now) / 1000;
  const since = (now - parity * HOUR) % (2 * HOUR);
  await client.advance(2 * HOUR - since + 60);
}

async function tell(client: LocalClient, id: string, what: string, body: object): Promise<void> {
  await client.functions(`/api/runs/${id}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
