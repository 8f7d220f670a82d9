import { describe, expect, it } from 'vitest';
import { listRuntimes } from '../../../src/activities/listRuntimes.js';
import { listCarriers, listFleet } from '../../../src/activities/rotation/fleet.js';
import { surveyProfile } from '../../../src/activities/sweep/surveyProfile.js';
import { groupsIn } from '../../../src/domain/rotation/carrierGroups.js';
import { placeKey } from '../../../src/domain/sweep/existing.js';
import { ENABLED } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';

const [A, B, C] = ['a', 'b', 'c'].map((name) => memoryId('attic', name)) as [
  ReturnType<typeof memoryId>,
  ReturnType<typeof memoryId>,
  ReturnType<typeof memoryId>,
];
const ENVIRONMENT = {
  settings: { environment: ENABLED, requirements: ['apache-airflow-providers-microsoft-azure'] },
};
const LIMITS = { enable: 10, check: 10, name: 10 };

describe('the runtimes of a profile', () => {
  it('come in pages, in one order, with those that were there before', async () => {
    const context = new ActivityContext();
    for (const id of [C, B, A]) context.runtimes.put(id);
    context.runtimes.put(memoryId('cellar', 'd'));
    context.remember(B, { lookedAfter: true });
    const page = (after?: string) =>
      listRuntimes(
        { profile: 'attic', limit: 2, ...(after === undefined ? {} : { after }) },
        context.deps,
        context.durable,
      );

    const first = await page();
    expect(first).toEqual({ kind: 'listed', runtimes: [A, B], existing: [A], next: '/places/attic/b' });
    expect(await page('/places/attic/b')).toEqual({ kind: 'listed', runtimes: [C], existing: [C] });
  });

  it('are nobody where the list is refused', async () => {
    const context = new ActivityContext();
    context.runtimes.faults.listsAreForbidden = true;

    expect(await listRuntimes({ profile: 'attic', limit: 2 }, context.deps, context.durable)).toMatchObject({
      kind: 'refused',
      problem: { code: 'runtimeUnreadable' },
    });
  });
});

describe('a survey of a profile', () => {
  const survey = (context: ActivityContext) =>
    surveyProfile({ profile: 'attic', limits: LIMITS, now: NOW }, context.deps, context.durable);

  it('finds what has drifted, what is broken, and what was there before', async () => {
    const context = new ActivityContext();
    context.runtimes.put(A);
    context.runtimes.put(B, { state: 'burnt' });
    context.runtimes.put(C);
    context.runtimes.put(memoryId('attic', 'map'), { isOther: true });
    context.remember(C, { lookedAfter: true });
    const surveyed = await survey(context);

    expect(surveyed).toMatchObject({
      kind: 'surveyed',
      findings: { existing: 1, broken: 1, drifted: 1 },
      enable: [{ runtime: C, finding: 'drifted' }],
      shown: { places: [placeKey('attic/*')] },
    });
  });

  it('starts nothing under a profile that only observes', async () => {
    const context = new ActivityContext({ mode: 'observe' });
    context.runtimes.put(A, ENVIRONMENT);

    expect(await survey(context)).toMatchObject({ observed: true, enable: [], check: [] });
  });

  it('asks again where the service is busy', async () => {
    const context = new ActivityContext();
    context.runtimes.faults.throttled = true;

    expect(await survey(context)).toMatchObject({ kind: 'retry' });
  });
});

describe('the fleet of a credential', () => {
  const inventory = (context: ActivityContext) =>
    listFleet({ credential: 'reader', processes: true }, context.deps, context.durable);

  it('is who carries it, by batches, also outside of every profile', async () => {
    const context = new ActivityContext();
    const outside = memoryId('cellar', 'd');
    for (const id of [A, B, outside]) context.runtimes.put(id, ENVIRONMENT);
    context.runtimes.put(C);
    for (const id of [A, B, C]) context.remember(id, { lookedAfter: true, carried: 'key-1' });
    const listed = await inventory(context);
    if (listed.kind !== 'listed') return expect.fail(listed.kind);

    expect({ ...listed.fleet, groups: groupsIn(listed.fleet) }).toMatchObject({
      total: 2,
      credentials: ['key-1'],
      groups: [
        {
          batch: { key: 'attic', ids: '/places/attic/' },
          members: [
            ['a', 0],
            ['b', 0],
          ],
          pace: { atOnce: 10 },
        },
      ],
      outside: { count: 1, some: ['/places/cellar/d'] },
    });
  });

  it('counts who hides what would tell', async () => {
    const context = new ActivityContext();
    context.runtimes.put(A, ENVIRONMENT);
    context.remember(A, { lookedAfter: true, seen: { environment: 3 } });
    context.runtimes.faults.environmentIsHidden = true;

    expect(await inventory(context)).toMatchObject({ fleet: { total: 1, byCredential: { '?': 1 } } });
  });

  it('is listed by batch and names', async () => {
    const context = new ActivityContext();
    for (const id of [A, B]) context.runtimes.put(id, ENVIRONMENT);
    for (const id of [A, B]) context.remember(id, { lookedAfter: true });
    const batch = { kind: 'memory', key: 'attic', ids: '/places/attic/', names: 'attic/' };
    const listed = await listCarriers(
      { credential: 'reader', batch, names: ['B', 'gone'] },
      context.deps,
      context.durable,
    );

    expect(listed).toEqual({
      kind: 'listed',
      carriers: [{ runtime: B, profile: 'attic', credentialId: 'key-1' }],
    });
  });
});
