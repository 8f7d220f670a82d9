/** Every end that needs somebody: driven to, and told by an event, a line of the log, an alert and a section of a page. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { projectFile } from '../../../local/project.js';
import { PRINCIPALS } from '../../../local/sample/names.js';
import { ALERT_OF, ENDS, EVENT_ALERTS, type RunKind, SECTION_OF } from '../../../src/domain/events/ends.js';
import type { NotificationType } from '../../../src/domain/events/notifications.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { NOTIFICATION_SCHEMAS } from '../../../src/notifications/schemas.js';
import { eventAlerts, logAlerts, withAlerts } from '../../infra/alertQueries.js';
import { enable, requestRun, settle, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

const DAY = 86_400;
const TOPIC = 'events: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events" }';
const config = (rotation: readonly string[] = []) =>
  rotationConfig(rotation).replace('version: 1\n', `version: 1\n${TOPIC}\n`);

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const open = async (names: readonly string[] = [], rotation: readonly string[] = []) => {
  cloud = await fleet(names, config(rotation), NO_SWEEP);
};
const fail = (match: NewFault['match'], status: number) =>
  cloud.client.addFault({ match, action: { kind: 'status', status } });
const dieUnder = (operation: string, subject: string, times?: number) =>
  cloud.client.addFault({
    match: { service: 'host', operation, subject },
    action: { kind: 'workerGone' },
    ...(times === undefined ? {} : { times }),
  });
const failCheck = (name: string) =>
  cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour: 'fails' } } });
const checkProfile = () => requestRun(cloud.client, { action: 'check', profile: 'default' });
const LISTS = { service: 'arm', operation: 'integrationRuntimes.list' } as const;

/** Drives a cloud to an end; gives the run that ended so. */
type Drive = () => Promise<ShownRun>;
type EndOf<K extends RunKind> = `${K} ${Extract<keyof (typeof ENDS)[K], string>}`;
/** What the check of the configuration refuses before. */
type Unreachable = 'runtime ambiguous';
type ToldEnd = Exclude<{ [K in RunKind]: EndOf<K> }[Exclude<RunKind, 'preflight'>], Unreachable>;

/** An end without its way there does not compile. */
const DRIVES: Readonly<Record<ToldEnd, Drive>> = {
  'runtime checkFailed': async () => {
    await open();
    return enable(cloud, { name: 'etl' }, { dags: { airlock_check: { behaviour: 'fails' } } });
  },
  'runtime conflict': async () => {
    await open();
    const airflowEnvironmentVariables = { AIRFLOW__SECRETS__BACKEND: 'somebody.Elses' };
    return enable(cloud, { name: 'etl', airflowProperties: { airflowEnvironmentVariables } });
  },
  'runtime notReady': async () => {
    await open();
    await cloud.client.createRuntime({ name: 'etl' });
    await cloud.client.run({ maxSeconds: 30 });
    await cloud.client.setLifecycle({ outcome: 'failed' });
    return settle(cloud.client, 'etl');
  },
  'runtime credentialRefused': async () => {
    await open();
    await cloud.client.setSecret('airlock-ops', 'airflow-sp', { value: 'no-such-client-secret' });
    return enable(cloud, { name: 'etl' });
  },
  'runtime refused': async () => {
    await open();
    await fail(
      { service: 'arm', operation: 'integrationRuntimes.createOrUpdate', caller: PRINCIPALS.app },
      403,
    );
    return enable(cloud, { name: 'etl' });
  },
  'runtime interrupted': async () => {
    await open();
    await dieUnder('before-orchestrator', ' checkAccess ', 3);
    return enable(cloud, { name: 'etl' });
  },
  'profile incomplete': async () => {
    await open(['one', 'two']);
    await failCheck('two');
    return checkProfile();
  },
  'profile refused': async () => {
    await open(['one']);
    await fail(LISTS, 403);
    return checkProfile();
  },
  'profile interrupted': async () => {
    await open(['one']);
    await fail(LISTS, 503);
    return checkProfile();
  },
  'rotation rotatedPartly': async () => {
    await open(['one', 'two', 'three'], ['failureLimitPercent: 50']);
    await failCheck('two');
    return rotate(cloud);
  },
  'rotation rolledBack': async () => {
    await open(['one']);
    await failCheck('one');
    return rotate(cloud);
  },
  'rotation expiring': async () => {
    await open(['one'], ['strategy: external']);
    await cloud.client.advance(175 * DAY);
    return rotate(cloud, { force: false });
  },
  'rotation refused': async () => {
    await open(['one']);
    await fail({ service: 'graph', operation: 'applications.addPassword' }, 403);
    return rotate(cloud);
  },
  'rotation interrupted': async () => {
    await open(['one']);
    await fail({ service: 'graph' }, 503);
    return rotate(cloud);
  },
  'sweep interrupted': async () => {
    await open();
    await dieUnder('before-activity', 'listConfigured ');
    return requestRun(cloud.client, { action: 'sweep' });
  },
};

interface Published {
  readonly id: string;
  readonly type: NotificationType;
  readonly time: string;
  readonly subject: string;
  readonly data: { readonly runId: string; readonly problem?: { readonly code: string } };
}
/** What the topic got, by CloudEvents' names: the sample environment's topic takes Event Grid's own schema. */
const published = async () =>
  (
    (await cloud.client.published()) as (Published & { eventType: NotificationType; eventTime: string })[]
  ).map(({ eventType, eventTime, ...event }): Published => ({ ...event, type: eventType, time: eventTime }));
const lines = async () => (await cloud.client.logs()).map(({ line }) => line.replace(/^\w+ \w+: /, ''));

const [told, untold] = [withAlerts(true), withAlerts(false)];

/** Somebody hears of the event, with a topic and without one. */
async function expectAlert({ type, data }: Published): Promise<void> {
  const alert = ALERT_OF[type];
  if (alert === undefined) throw new Error(`${type} raises no alert.`);
  expect(eventAlerts(told).get(alert)).toContain(type);
  const finds = logAlerts(untold).get(alert);
  expect((await lines()).filter((line) => finds?.(line) && line.includes(`run ${data.runId}`))).not.toEqual(
    [],
  );
  expect(NOTIFICATION_SCHEMAS[type].safeParse(data).error).toBeUndefined();
}

describe('an end that needs somebody', () => {
  const rows = Object.entries(DRIVES).map(([end, drive]) => [end, drive] as const);

  it.each(rows)('%s is told', async (end, drive) => {
    const [kind = '', outcome = ''] = end.split(' ');
    const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = ENDS;
    const type = ends[kind]?.[outcome];
    const run = await drive();

    expect(run.outcome).toBe(outcome);
    const events = (await published()).filter((one) => one.type === type && one.data.runId === run.id);
    expect(events).toHaveLength(1);
    for (const event of events) await expectAlert(event);
  });

  it('has a section in docs/operations.md', () => {
    const page = readFileSync(projectFile('docs', 'operations.md'), 'utf8');
    for (const section of Object.values(SECTION_OF)) expect(page).toContain(`\n### ${section}\n`);
    const told = page.slice(page.indexOf('### Run failed'), page.indexOf('### Debt outstanding'));
    for (const ends of [ENDS.runtime, ENDS.profile, ENDS.rotation, ENDS.sweep]) {
      for (const [outcome, type] of Object.entries<NotificationType>(ends)) {
        if (ALERT_OF[type] === 'runFailed') expect(told).toContain(`\`${outcome}\``);
      }
    }
  });

  it('has the alert that counts its event, and no alert counts what goes as it should', () => {
    const counted = [...eventAlerts(told)].flatMap(([alert, types]) => types.map((type) => [type, alert]));
    const wanted = Object.entries(ALERT_OF).filter(([, alert]) => alert !== undefined);

    expect(counted.sort()).toEqual(wanted.sort());
    expect([...logAlerts(untold).keys()]).toEqual(expect.arrayContaining([...EVENT_ALERTS]));
    // Nobody gets two mails for one.
    expect(
      [...logAlerts(told).keys()].filter((name) => EVENT_ALERTS.some((alert) => alert === name)),
    ).toEqual([]);
  });
});

describe('what only a sweep can tell', () => {
  it('is a credential that is not rotated in time, while the directory is away and after its end', async () => {
    await open(['one'], ['rotateBeforeDays: 3', 'validityDays: 6', 'overlapHours: 1']);
    await cloud.client.addFault({ match: { service: 'graph' }, action: { kind: 'drop' } });
    const expiring = async () =>
      (await published()).filter(({ type }) => type === 'Airlock.CredentialExpiring.v1');
    await cloud.client.advance(178 * DAY);
    await requestRun(cloud.client, { action: 'sweep' });
    expect(await expiring()).toEqual([]);
    await cloud.client.advance(DAY);
    await requestRun(cloud.client, { action: 'sweep' });
    await requestRun(cloud.client, { action: 'sweep' });
    const [before, ...others] = await expiring();
    await cloud.client.advance(3 * DAY);
    await requestRun(cloud.client, { action: 'sweep' });
    const [, after] = await expiring();

    expect(others).toEqual([]);
    for (const event of [before, after]) {
      expect(event).toMatchObject({
        subject: 'credentials/airflow-sp',
        data: { problem: { code: 'credentialLate' } },
      });
      if (event) await expectAlert(event);
    }
    const failed = (await published()).filter(({ type }) => type === 'Airlock.RunFailed.v1');
    expect(failed.map(({ subject, data }) => [subject, data.problem?.code])).toContainEqual([
      'credentials/airflow-sp',
      'retriesExhausted',
    ]);
  });

  it.each([
    ['the host ended after it has minted', 'workerGone', 8],
    ['the host ended after its commit', 'workerGone', 12],
    ['somebody terminated after it has minted', 'terminate', 8],
    ['somebody terminated after its commit', 'terminate', 12],
  ] as const)('is a rotation that %s: once, and what it left is fixed', async (_, kind, skip) => {
    await open(['one', 'two']);
    await cloud.client.addFault({
      match: { service: 'host', operation: 'before-orchestrator', subject: ' rotateCredential ' },
      action: { kind },
      times: 1,
      skip,
    });
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 1800 });
    expect(await readRun(cloud.client, id)).toMatchObject({
      outcome: 'interrupted',
      problem: { code: 'hostEnded' },
    });
    expect(await keys(cloud)).toHaveLength(2);

    const labels = (await cloud.client.passwords('airflow')).map(({ displayName }) => displayName);
    const sweep = (await requestRun(cloud.client, { action: 'sweep' })) as ShownRun & {
      readonly result: { readonly unmoved: readonly object[] };
    };
    // What its mint may have left is a debt with the label that its key has.
    const looked = (await requestRun(cloud.client, { action: 'sweep', dryRun: true })) as ShownRun & {
      readonly result: Pick<SweepResult, 'credentials'>;
    };
    const debts = looked.result.credentials[0]?.debts;
    const label = debts?.find(({ kind }) => kind === 'removeLabelled')?.what;
    expect(label).toContain(id);
    expect(labels).toContain(label);
    // Long before its hold would have run out.
    for (let hour = 0; hour < 2; hour++) {
      await cloud.client.advance(3600);
      await requestRun(cloud.client, { action: 'sweep' });
    }

    expect(sweep.result.unmoved).toMatchObject([{ runId: id, problem: { code: 'hostEnded' } }]);
    const events = (await published()).filter(({ data }) => data.runId === id && data.problem);
    expect(events).toMatchObject([
      { type: 'Airlock.RunFailed.v1', data: { problem: { code: 'hostEnded' } } },
    ]);
    for (const event of events) await expectAlert(event);
    const [key, ...others] = await keys(cloud);
    expect(others).toEqual([]);
    for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(key);
    await expectNoViolation(cloud);
  });

  it('is a profile that it could not look at', async () => {
    await open(['one']);
    await fail(LISTS, 403);
    await requestRun(cloud.client, { action: 'sweep' });

    const events = (await published()).filter(({ subject }) => subject === 'profiles/default');
    expect(events).toMatchObject([{ type: 'Airlock.RunFailed.v1' }]);
    for (const event of events) await expectAlert(event);
  });
});

describe('an event that cannot be sent', () => {
  const PUBLISH = { service: 'eventGrid', operation: 'events.publish' } as const;

  it('is kept, and sent later, once and with its own id and time', async () => {
    await open();
    await cloud.client.addFault({ match: PUBLISH, action: { kind: 'drop' } });
    for (const name of ['one', 'two']) await enable(cloud, { name });
    const happened = Date.parse((await cloud.client.clock()).now);
    expect(await published()).toEqual([]);
    await cloud.client.advance(3600);
    await requestRun(cloud.client, { action: 'sweep' });
    expect(await published()).toEqual([]);
    await cloud.client.clearFaults();
    await requestRun(cloud.client, { action: 'sweep' });
    await requestRun(cloud.client, { action: 'sweep' });

    const events = await published();
    expect(events.map(({ type }) => type)).toEqual([
      'Airlock.RuntimeEnabled.v1',
      'Airlock.RuntimeEnabled.v1',
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    for (const { time } of events) expect(Date.parse(time)).toBeLessThanOrEqual(happened);
    expect(events[0]?.time.localeCompare(events[1]?.time ?? '')).toBe(-1);
  });

  it('is kept where the topic refuses it, too', async () => {
    await open();
    await fail(PUBLISH, 403);
    await enable(cloud, { name: 'one' });
    await cloud.client.clearFaults();
    await requestRun(cloud.client, { action: 'sweep' });

    expect((await published()).map(({ type }) => type)).toEqual(['Airlock.RuntimeEnabled.v1']);
  });

  it('is told by the log after a day, and given up after a week', async () => {
    await open();
    await cloud.client.addFault({ match: PUBLISH, action: { kind: 'drop' } });
    await enable(cloud, { name: 'one' });
    const finds = logAlerts(told).get('eventsUnsent');
    const unsent = async () => (await lines()).filter((line) => finds?.(line));
    await cloud.client.advance(20 * 3600);
    await requestRun(cloud.client, { action: 'sweep' });
    expect(await unsent()).toEqual([]);
    await cloud.client.advance(6 * 3600);
    await requestRun(cloud.client, { action: 'sweep' });
    expect(await unsent()).toMatchObject([/^events unsent: 1 since /]);
    await cloud.client.advance(7 * DAY);
    await cloud.client.clearFaults();
    await requestRun(cloud.client, { action: 'sweep' });

    expect(await unsent()).toHaveLength(1);
    expect(await published()).toEqual([]);
  });

  it('costs nothing where the topic is up', async () => {
    await open();
    await enable(cloud, { name: 'one' });
    const { invocations } = (await cloud.client.stats()) as { invocations: Record<string, number> };

    expect(await published()).toHaveLength(1);
    expect(invocations['appRecord']).toBeUndefined();
  });
});
