/** Whole runs, with everything that they start: the app's own orchestrations, activities and entities. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RotationSettings } from '../../../src/domain/configuration/rotationSettings.js';
import { credentialRecordKey } from '../../../src/domain/rotation/credentialState.js';
import { ORCHESTRATIONS } from '../../../src/domain/runs/runs.js';
import { ALL_ORCHESTRATIONS } from '../../../src/orchestrations/all.js';
import { ENABLED, PROFILE } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import type { MemoryApp } from '../doubles/memoryApp.js';
import { type Kept, memoryId } from '../doubles/memoryRuntimes.js';
import { appOf } from '../doubles/memoryWorkers.js';

const AT = new Date(NOW).toISOString();
const ORIGIN = { startedBy: { kind: 'schedule', at: AT }, createdAt: AT } as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let context: ActivityContext;
let kept: Map<string, Kept>;
let app: MemoryApp;
/** Orchestrations that were played in any of the tests. */
const played = new Set<string>();

function open(...given: ConstructorParameters<typeof ActivityContext>): void {
  context = new ActivityContext(...given);
  kept = new Map();
  for (const name of ['etl', 'ml']) put(name);
  app = appOf(context, (host) => kept.get(host)?.settings);
}

function put(name: string): void {
  kept.set(`attic.${name}.library.example`, context.runtimes.put(memoryId('attic', name)));
}

beforeEach(() => open());

const outcomeOf = async (
  orchestration: string,
  id: string,
  input: object,
): Promise<Record<string, unknown>> => {
  const result = await app.run<Record<string, unknown>>(orchestration, id, { ...ORIGIN, ...input });
  for (const name of app.played) played.add(name);
  return result;
};
const enableAll = () =>
  outcomeOf(ORCHESTRATIONS.profileRun, 'profile-1', { action: 'enable', profile: 'attic' });
const sweep = (turn: number) => outcomeOf(ORCHESTRATIONS.sweep, `sweep-${turn}`, { action: 'sweep' });
const rotate = (more: object = {}) =>
  outcomeOf(ORCHESTRATIONS.rotateCredential, 'rotate-1', {
    action: 'rotate',
    credential: PROFILE.credential.name,
    recordKey: credentialRecordKey(PROFILE.credential),
    force: true,
    ...more,
  });
const environments = () => [...kept.values()].map(({ settings }) => settings.environment);
const keyIds = () => context.graph.application(PROFILE.credential.clientId).keys.map(({ keyId }) => keyId);

/** The credential rotated otherwise than the profile of the tests says. */
function withRotation(more: Partial<RotationSettings>): Partial<typeof PROFILE> {
  const { credential } = PROFILE;
  return { credential: { ...credential, rotation: { ...credential.rotation, ...more } } };
}

describe('a run on a profile', () => {
  it('enables every runtime of it', async () => {
    expect(await enableAll()).toMatchObject({ outcome: 'enabled', total: 2 });
    expect(environments()).toEqual([ENABLED, ENABLED]);
  });
});

describe('a sweep', () => {
  it('enables what no event has told of, and is quiet after that', async () => {
    await enableAll();
    // What is there now was there first.
    await sweep(1);
    put('late');

    expect(await sweep(2)).toMatchObject({ outcome: 'swept' });
    expect(environments()).toEqual([ENABLED, ENABLED, ENABLED]);
    const before = app.results.size;
    await sweep(3);
    expect(app.results.size).toBe(before + 1);
  });
});

describe('a rotation', () => {
  it('ends a day after the last runtime has the new key, with the old one gone', async () => {
    await enableAll();
    expect(await rotate()).toMatchObject({ outcome: 'rotated' });
    expect(keyIds()).toHaveLength(1);
    expect(keyIds()).not.toContain('key-1');
    expect(app.now - NOW).toBeGreaterThanOrEqual(24 * HOUR);
  });

  it.each([
    { otherwise: 'stop', outcome: 'rolledBack', keeps: true },
    { otherwise: 'proceed', outcome: 'rotated', keeps: false },
  ] as const)(
    'does what was agreed where nobody approves: $otherwise',
    async ({ otherwise, outcome, keeps }) => {
      open(withRotation({ approval: { before: 'pilot', deadlineSeconds: 4 * 3600, otherwise } }));
      await enableAll();

      expect(await rotate()).toMatchObject({ outcome });
      expect(keyIds().includes('key-1')).toBe(keeps);
      expect(environments()[0]).toMatchObject({ AIRLOCK_CREDENTIAL_ID: keyIds()[0] });
    },
  );

  it('tries again where the directory is busy', async () => {
    await enableAll();
    const { calls } = context.graph;
    calls.faults.addKey = 'busy';
    calls.before('addKey', () => calls.before('addKey', () => delete calls.faults.addKey));

    expect(await rotate()).toMatchObject({ outcome: 'rotated' });
  });

  it('goes back where the directory gives a key that opens nothing', async () => {
    await enableAll();
    context.graph.calls.before('addKey', () => {
      context.isAccepted = false;
    });

    expect(await rotate()).toMatchObject({
      changed: expect.anything(),
      outcome: expect.stringMatching(/^(rolledBack|interrupted|refused)$/),
    });
    expect(environments()).toEqual([ENABLED, ENABLED]);
    expect(keyIds()).toContain('key-1');
  });
});

describe('a change', () => {
  it('begins in a maintenance window', async () => {
    // NOW is noon.
    open({ maintenance: { windows: [{ days: ['mon'], start: 22 * 60, end: 23 * 60, timeZone: 'UTC' }] } });
    const { outcome } = await outcomeOf(ORCHESTRATIONS.runtimeRun, 'enable-1', {
      action: 'enable',
      runtime: memoryId('attic', 'etl'),
      asked: 'person',
    });

    expect(outcome).toBe('enabled');
    expect(app.now - NOW).toBeGreaterThanOrEqual(10 * HOUR);
  });

  it('waits for tasks no longer than the profile says', async () => {
    open({ maintenance: { windows: [], drainSeconds: 1800 } });
    context.airflow.tasks = 3;
    const before = app.now;
    await outcomeOf(ORCHESTRATIONS.runtimeRun, 'enable-1', {
      action: 'enable',
      runtime: memoryId('attic', 'etl'),
      asked: 'person',
    });

    expect(environments()[0]).toEqual(ENABLED);
    expect(app.now - before).toBeGreaterThanOrEqual(30 * MINUTE);
  });
});

describe('a preflight', () => {
  it('says what it found, and changes nothing', async () => {
    const { rows } = await outcomeOf(ORCHESTRATIONS.preflight, 'preflight-1', { action: 'preflight' });

    expect(rows).toContainEqual(expect.objectContaining({ what: 'read shelves', status: 'ok' }));
    expect(environments()).toEqual([undefined, undefined]);
  });
});

it('plays every orchestration that the app has in these tests', () => {
  expect(Object.keys(ALL_ORCHESTRATIONS).filter((name) => !played.has(name))).toEqual([]);
});
