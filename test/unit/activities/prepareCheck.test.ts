import { describe, expect, it } from 'vitest';
import { prepareCheck } from '../../../src/activities/prepareCheck.js';
import type { ActivityContext } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';
import { MEMORY_WORDS } from '../doubles/memoryRuntimes.js';
import { accessing, BY_PASSWORD, checkable, DAG, PASSWORD_SECRET, TARGET } from './checking.js';

const prepare = (context: ActivityContext, more: Partial<typeof TARGET> = {}) =>
  prepareCheck({ ...TARGET, ...more }, context.deps);

describe('what a check needs', () => {
  it.each(['v1', 'v2'] as const)('is there where Airflow answers with %s and has the DAG', async (api) => {
    const context = checkable();
    context.airflow.api = api;

    expect(await prepare(context)).toEqual({
      kind: 'ready',
      api,
      airflowVersion: '2.10.5',
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(context.airflow.calls.count('unpause')).toBe(0);
  });

  it('is made: a paused DAG is unpaused, once', async () => {
    const context = checkable();
    context.airflow.add(DAG, true);

    expect(await prepare(context)).toMatchObject({ kind: 'ready' });
    expect(await prepare(context)).toMatchObject({ kind: 'ready' });
    expect(context.airflow.dags.get(DAG)?.paused).toBe(false);
    expect(context.airflow.calls.count('unpause')).toBe(1);
  });

  it('has chance of its own each time', async () => {
    const context = checkable();
    const [one, other] = [await prepare(context), await prepare(context)];

    expect('nonce' in one && 'nonce' in other && one.nonce !== other.nonce).toBe(true);
  });

  it('is not there yet while Airflow starts, which passes by itself', async () => {
    const context = checkable();
    context.airflow.sick = 'scheduler not healthy';

    expect(await prepare(context)).toMatchObject({
      kind: 'notYet',
      transient: true,
      problem: { code: 'webServerNotHealthy', remedy: expect.stringContaining(MEMORY_WORDS.portal) },
    });
  });

  it.each([
    { label: 'from git', profile: {}, dagsFromGit: true, remedy: 'git repository' },
    {
      label: 'from a place that the profile names',
      profile: accessing({ importDags: { box: 'dags' } }),
      dagsFromGit: false,
      remedy: 'access.importDags names',
    },
    { label: 'by hand', profile: {}, dagsFromGit: false, remedy: 'Import a folder' },
  ])('lacks a DAG that comes $label, with what to do', async ({ profile, dagsFromGit, remedy }) => {
    const context = checkable(profile);
    context.airflow.dags.clear();

    expect(await prepare(context, { dagsFromGit })).toMatchObject({
      kind: 'notYet',
      transient: false,
      problem: { code: 'dagMissing', remedy: expect.stringContaining(remedy) },
    });
  });

  it('lacks a DAG that Airflow could not import, with the error of its own file', async () => {
    const context = checkable();
    context.airflow.dags.clear();
    context.airflow.importErrors = [
      { file: 'other.py', lastLine: 'SyntaxError' },
      { file: `${DAG}.py`, lastLine: 'ModuleNotFoundError: azure' },
    ];

    expect(await prepare(context)).toMatchObject({
      kind: 'notYet',
      problem: { code: 'dagImportError', message: expect.stringContaining('ModuleNotFoundError: azure') },
    });
  });
});

describe('the login to an Airflow', () => {
  it('has the password from the vault, and shows it to nobody else', async () => {
    const context = checkable(BY_PASSWORD);
    context.vaults.put(PASSWORD_SECRET, 'open-sesame');
    context.airflow.password = 'open-sesame';
    const ready = await prepare(context);
    expect(ready).toMatchObject({ kind: 'ready' });
    context.airflow.password = 'another';
    const refused = await prepare(context);

    expect(refused).toMatchObject({ kind: 'refused', problem: { code: 'airflowUnauthorized' } });
    expect(JSON.stringify([ready, refused])).not.toContain('open-sesame');
  });

  it('is made as kind and profile say', async () => {
    const context = checkable(accessing({ trustedOrigin: 'https://airflow.example' }));
    await prepare(context);

    expect(context.airflow.targets).toEqual([
      {
        webUrl: TARGET.webUrl,
        login: { kind: 'entra', scope: 'x/.default' },
        trustedOrigin: 'https://airflow.example',
        signIn: expect.objectContaining({ hosts: ['.library.example'] }),
      },
    ]);
  });

  it.each<{ label: string; prepared(context: ActivityContext): void; code: string }>([
    { label: 'there is no such secret', prepared: () => {}, code: 'secretMissing' },
    {
      label: 'the vault refuses',
      prepared: ({ vaults }) => (vaults.calls.faults.current = 'forbidden'),
      code: 'vaultRoleMissing',
    },
    { label: 'the profile is gone', prepared: (context) => (context.profiles = []), code: 'profileGone' },
  ])('is not made where $label: $code', async ({ prepared, code }) => {
    const context = checkable(BY_PASSWORD);
    prepared(context);

    expect(await prepare(context)).toMatchObject({ kind: 'refused', problem: { code } });
    expect(context.airflow.targets).toEqual([]);
  });
});

describe('a check that a service lets down', () => {
  it.each(['dag', 'unpause'] as const)('is to be prepared again where %s is busy', async (call) => {
    const context = checkable();
    context.airflow.add(DAG, true);
    context.airflow.calls.faults[call] = 'busy';

    expect(await prepare(context)).toMatchObject(RETRY);
  });

  it.each(['health', 'dag', 'unpause'] as const)('says so where %s is forbidden', async (call) => {
    const context = checkable();
    context.airflow.add(DAG, true);
    context.airflow.calls.faults[call] = 'forbidden';

    expect(await prepare(context)).toMatchObject({ kind: 'refused', problem: { code: 'airflowForbidden' } });
  });
});
