import type { HttpResponseInit } from '@azure/functions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signed, type UnsignedInstruction } from '../../../src/domain/runs/instructionSignature.js';
import type { Instruction } from '../../../src/domain/runs/runControl.js';
import { cancelRun } from '../../../src/functions/http/cancelRun.js';
import { getRun } from '../../../src/functions/http/getRun.js';
import { listRuns } from '../../../src/functions/http/listRuns.js';
import { runList, runView, startedRun } from '../../../src/functions/http/schemas.js';
import { purgeRuns } from '../../../src/functions/timers/purgeRuns.js';
import { runtimeIdOf } from '../../../src/runtimes/data-factory/resourceId.js';
import { ADA, depsOf, runtimeId, SIGNING_KEY } from './deps.js';
import {
  type DurableHost,
  httpRequest,
  type Instance,
  newInstance,
  startDurableHost,
} from './durableHost.js';

let host: DurableHost;
beforeEach(async () => {
  host = await startDurableHost();
});
afterEach(() => host.close());

const NAMES = {
  subscription: '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215',
  resourceGroup: 'rg',
  factory: 'adf-one',
  name: 'etl',
};
const RUNTIME = runtimeIdOf(NAMES);
const BY_ADA = { kind: 'request', principal: 'ada' };
const OF_RUNTIME = { action: 'enable', runtime: RUNTIME, startedBy: BY_ADA };
const OF_PROFILE = { action: 'check', profile: 'sales', startedBy: BY_ADA };
const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 3600_000;

/** A run that began so many days ago. */
function put(instanceId: string, daysAgo: number, more: Partial<Instance> = {}): void {
  const createdAt = new Date(NOW - daysAgo * DAY).toISOString();
  const createdTime = `${createdAt.slice(0, 19)}Z`;
  host.instances.set(
    instanceId,
    newInstance({
      instanceId,
      createdTime,
      runtimeStatus: 'Completed',
      ...more,
      input: { ...OF_RUNTIME, ...(more.input as object), createdAt },
    }),
  );
}

const bodyOf = (answer: HttpResponseInit): unknown => JSON.parse(String(answer.body));
const list = async (query: string) =>
  listRuns(httpRequest('GET', `/api/runs?${query}`), host.context(), depsOf());
const idsOf = (answer: HttpResponseInit) => runList.parse(bodyOf(answer)).runs.map(({ id }) => id);

describe('the list of runs', () => {
  it('is what its schema says, newest first, without internal instances', async () => {
    put('ev-1', 2);
    put('rq-2', 1, { input: OF_PROFILE, runtimeStatus: 'Running' });
    put('rq-2-1', 0.5, { output: { outcome: 'busy', otherRunId: 'ev-1', summary: 's' } });
    put('rq-2-check', 0.1, { name: 'checkAccess' });
    put('@run@rq-2', 0.1, { name: '@run', input: { cancel: {} } });

    const answer = await list('');

    expect(
      z.strictObject({ runs: z.array(runView.strict()) }).safeParse(bodyOf(answer)).error,
    ).toBeUndefined();
    expect(idsOf(answer)).toEqual(['rq-2-1', 'rq-2', 'ev-1']);
  });

  it('is paged without losing or repeating one, also where many were created in the same second', async () => {
    const days = [0, 0, 0, 0, 1, 1, 1, 3, 8, 8, 40, 400];
    for (const [index, daysAgo] of days.entries()) put(`rq-${index.toString(16)}`, daysAgo);
    const all = idsOf(await list('top=200'));

    const seen: string[] = [];
    let before = '';
    do {
      const page = runList.parse(bodyOf(await list(`top=2&before=${encodeURIComponent(before)}`)));
      seen.push(...page.runs.map(({ id }) => id));
      before = page.next ?? '';
    } while (before);

    expect(new Set(all).size).toBe(days.length);
    expect(seen).toEqual(all);
  });

  it('does not fetch old runs for a page of new ones', async () => {
    for (let index = 0; index < 4; index++) put(`rq-${index}`, 0.1);
    put('rq-f', 20);

    await list('top=3');

    expect(host.calls).toEqual(['GET /durabletask/instances/?createdTimeFrom=2026-11-22T11:59:00.000Z']);
  });

  it("goes by a run's own beginning, which the host's time of it leaves behind with every look", async () => {
    put('rq-1', 3, { createdTime: '2026-11-23T11:59:00Z' });
    put('rq-2', 2);
    put('rq-3', 1);

    const { runs } = runList.parse(bodyOf(await list('')));
    expect(runs.map(({ id }) => id)).toEqual(['rq-3', 'rq-2', 'rq-1']);
    expect(runs.at(-1)?.createdAt).toBe('2026-11-20T12:00:00.000Z');
  });

  it('loses and repeats none of a page, however far the host has moved their times', async () => {
    const days = [0, 0.5, 0.5, 2, 3, 5, 6, 9, 12, 20];
    const moved = [0, 0, 0.4, 0, 2.9, 1, 0, 8.5, 0, 19];
    for (const [index, daysAgo] of days.entries()) {
      const createdTime = new Date(NOW - (daysAgo - (moved[index] ?? 0)) * DAY).toISOString();
      put(`rq-${index.toString(16)}`, daysAgo, { createdTime });
    }
    for (const top of [1, 2, 3]) {
      const seen: string[] = [];
      let before = '';
      do {
        const page = runList.parse(bodyOf(await list(`top=${top}&before=${encodeURIComponent(before)}`)));
        seen.push(...page.runs.map(({ id }) => id));
        before = page.next ?? '';
      } while (before);

      expect(seen).toEqual(['rq-0', 'rq-2', 'rq-1', ...[3, 4, 5, 6, 7, 8, 9].map((n) => `rq-${n}`)]);
    }
  });

  it.each([
    ['status=queued', ['rq-0']],
    ['status=running', ['rq-1']],
    ['status=completed', ['rq-2']],
    ['status=failed', ['rq-3']],
    ['status=cancelled', ['rq-6', 'rq-5', 'rq-4']],
    ['target=SALES', ['rq-6']],
    [`target=${encodeURIComponent(runtimeId('ETL').toLowerCase())}&status=queued`, ['rq-0']],
    ['target=ADF-ONE/ETL&status=queued', ['rq-0']],
    [`target=${encodeURIComponent(`${runtimeId('etl').slice(1)}/`)}&status=queued`, ['rq-0']],
    [
      `target=${encodeURIComponent(`https://management.azure.com${runtimeId('etl')}?api-version=2018-06-01`)}&status=queued`,
      ['rq-0'],
    ],
    ['target=adf-one/never', []],
    ['target=sp', []],
    ['target=everything', []],
    ['outcome=enabled', ['rq-2']],
    ['outcome=cancelled', ['rq-4']],
    ['action=check', ['rq-6']],
    ['action=enable&status=completed', ['rq-2']],
    ['before=0001-01-01T00:00:00.000Z~a', []],
    ['before=9999-12-31T23:59:59.999Z~a&top=1', ['rq-6']],
    ['top=1&code=the-key', ['rq-6']],
  ])('is filtered by %s', async (query, ids) => {
    put('rq-0', 0.7, { runtimeStatus: 'Pending' });
    put('rq-1', 0.6, { runtimeStatus: 'Running' });
    put('rq-2', 0.5, { output: { outcome: 'enabled' } });
    put('rq-3', 0.4, { runtimeStatus: 'Failed', output: 'Error: x' });
    put('rq-4', 0.3, { output: { outcome: 'cancelled' } });
    put('rq-5', 0.2, { runtimeStatus: 'Terminated' });
    put('rq-6', 0.1, {
      input: OF_PROFILE,
      output: { total: 0, problem: { code: 'cancelled', message: 'm', remedy: 'r' } },
    });

    expect(idsOf(await list(query))).toEqual(ids);
  });

  it.each([
    ['top=0', 'top'],
    ['top=201', 'top'],
    ['top=many', 'top'],
    ['status=ended', 'status'],
    ['before=yesterday', 'before'],
    ['before=2026-13-01T00:00:00.000Z~rq-1', 'before'],
    ['before=2026-02-30T00:00:00.000Z~rq-1', 'before'],
    ['outcome=fine', 'outcome'],
    ['action=destroy', 'action'],
    ['target=%2Fsubscriptions%2Fx', 'target'],
    ['target=adf-one%2Fetl%2Fmore', 'target'],
    ['target=%2Fetl', 'target'],
    ['colour=red', 'colour'],
    ['constructor=1', 'constructor'],
  ])('refuses %s', async (query, pointer) => {
    const answer = await list(query);

    expect(answer.status).toBe(422);
    expect(bodyOf(answer)).toMatchObject({ errors: [{ pointer }] });
    expect(host.calls).toEqual([]);
  });

  it.each([
    ['target=nobody', 'There are: sales, sp.'],
    ['target=adf-two/etl', 'no runtime adf-two/etl'],
    [`target=${encodeURIComponent(runtimeId('etl', 'adf-two'))}`, 'no runtime adf-two/etl'],
  ])('says what it does not know: %s', async (query, says) => {
    put('rq-0', 1);

    const answer = await list(query);

    expect(answer.status).toBe(422);
    expect(bodyOf(answer)).toMatchObject({
      errors: [{ pointer: 'target', detail: expect.stringContaining(says) }],
    });
  });

  it('shows runs of what the configuration has no more', async () => {
    put('rq-0', 30, { input: { ...OF_RUNTIME, runtime: runtimeIdOf({ ...NAMES, factory: 'adf-two' }) } });
    put('rq-1', 31, { input: { ...OF_PROFILE, profile: 'nobody' } });

    expect(idsOf(await list('target=adf-two/etl'))).toEqual(['rq-0']);
    expect(idsOf(await list('target=nobody'))).toEqual(['rq-1']);
  });
});

describe('one run', () => {
  const get = (id: string) =>
    getRun(httpRequest('GET', `/api/runs/${id}`, { params: { id } }), host.context(), depsOf());

  it('is shown with its trail and plan while it works, and whether somebody asked it to stop', async () => {
    const trail = [{ at: 't', step: 'start: enable', outcome: 'asked for by ada' }];
    put('rq-1', 0, {
      runtimeStatus: 'Running',
      customStatus: { step: 'write', since: '2026-11-23T12:00:00Z', trail, plan: { changes: true } },
    });
    const before = runView.strict().parse(bodyOf(await get('rq-1')));
    const cancel: UnsignedInstruction = { kind: 'cancel', ...ADA, at: '2026-11-23T12:00:00.000Z' };
    const forged: Instruction = { ...cancel, principal: 'eve', signature: 'f'.repeat(64) };
    host.entities.set('run@rq-1', { instructions: [forged, signed(SIGNING_KEY, 'rq-1', cancel)] });
    const after = runView.strict().parse(bodyOf(await get('rq-1')));

    expect(before).toMatchObject({
      status: 'running',
      step: { name: 'write' },
      trail,
      plan: { changes: true },
      cancelRequested: false,
    });
    expect(after).toMatchObject({ cancelRequested: true, instructions: [cancel] });
  });

  it('that the durable host ended says so, with what it had started, alone and in the list', async () => {
    const output =
      "Orchestrator function 'profileRun' failed: worker gone \n at run (/home/site/main.js:1:2)";
    put('rq-1', 0.5, { name: 'profileRun', input: OF_PROFILE, runtimeStatus: 'Failed', output });
    put('rq-1-1', 0.4, { runtimeStatus: 'Running' });
    put('rq-1-2', 0.4, { output: { outcome: 'enabled' } });
    put('rq-1-2-1-check', 0.4, { name: 'checkAccess' });
    put('rq-11', 0.4);

    const ended = {
      status: 'failed',
      outcome: 'interrupted',
      summary:
        "The durable host ended the run. It says: Orchestrator function 'profileRun' failed: worker gone",
      problem: { code: 'hostEnded', remedy: expect.stringContaining('childRunIds') },
      childRunIds: ['rq-1-1', 'rq-1-2'],
    };
    expect(runView.strict().parse(bodyOf(await get('rq-1')))).toMatchObject({ ...ended, trail: [] });
    for (const query of ['', 'status=failed']) {
      const { runs } = runList.parse(bodyOf(await list(query)));
      expect(runs.find(({ id }) => id === 'rq-1')).toMatchObject(ended);
    }
    expect(JSON.stringify(bodyOf(await get('rq-1')))).not.toContain('main.js');
  });

  it('that somebody terminated in the host says so', async () => {
    put('rq-1', 0, { runtimeStatus: 'Terminated', output: 'stuck for a week' });

    expect(bodyOf(await get('rq-1'))).toMatchObject({
      status: 'cancelled',
      outcome: 'interrupted',
      problem: { code: 'hostEnded', message: expect.stringContaining('stuck for a week') },
    });
  });

  it.each(['nothing', '@run@rq-1', 'rq-1/../../x', 'rq-2', ''])('is not %j', async (id) => {
    put('rq-2', 0, { name: 'checkAccess' });

    expect((await get(id)).status).toBe(404);
  });
});

describe('cancelling', () => {
  const cancel = (id: string, caller = ADA, deps = depsOf()) =>
    cancelRun(
      httpRequest('POST', `/api/runs/${id}/cancel`, { params: { id } }),
      host.context(),
      deps,
      caller,
    );

  it.each(['Pending', 'Running'])('asks a run that is %s to stop', async (runtimeStatus) => {
    put('rq-1', 0, { runtimeStatus });

    const answer = await cancel('rq-1');

    expect(answer).toMatchObject({ status: 202, headers: { location: '/api/runs/rq-1' } });
    expect(startedRun.strict().safeParse(bodyOf(answer)).success).toBe(true);
    const given = { kind: 'cancel' as const, ...ADA, at: '2026-11-23T12:00:00.000Z' };
    const instructions = [signed(SIGNING_KEY, 'rq-1', given)];
    expect(host.entities.get('run@rq-1')).toEqual({ instructions });
    await cancel('rq-1', { ...ADA, principal: 'grace@contoso.example' });
    expect(host.entities.get('run@rq-1')).toEqual({ instructions });
  });

  it('is refused where the run can only go on, with the reason', async () => {
    const unstoppable = 'It is rolling back already.';
    put('rq-1', 0, { runtimeStatus: 'Running', customStatus: { step: 'roll back', unstoppable } });

    const answer = await cancel('rq-1');

    expect(answer.status).toBe(409);
    expect(bodyOf(answer)).toMatchObject({ detail: expect.stringContaining(unstoppable) });
    expect(host.entities.size).toBe(0);
  });

  it('is refused without a signing key, since it would not count', async () => {
    put('rq-1', 0, { runtimeStatus: 'Running' });
    const deps = depsOf({ settings: () => ({ httpAuth: 'functionKey' }) });

    const answer = await cancel('rq-1', ADA, deps);

    expect(answer.status).toBe(503);
    expect(bodyOf(answer)).toMatchObject({ detail: expect.stringContaining('AIRLOCK_SIGNING_KEY') });
    expect(host.entities.size).toBe(0);
  });

  it.each(['Completed', 'Failed', 'Terminated'])('refuses a run that is %s', async (runtimeStatus) => {
    put('rq-1', 0, { runtimeStatus });

    expect((await cancel('rq-1')).status).toBe(409);
    expect((await cancel('rq-2')).status).toBe(404);
    expect(host.entities.size).toBe(0);
  });
});

describe('purging', () => {
  const purge = () => {
    const timer = { isPastDue: false, schedule: { adjustForDST: false } };
    const scheduleStatus = { last: '', next: '', lastUpdated: '' };
    return purgeRuns({ ...timer, scheduleStatus }, host.context(), depsOf());
  };

  it('asks for what ended before the days that are kept', async () => {
    host.instances.set('any', newInstance({}));

    await purge();

    expect(host.calls.slice(0, 1)).toEqual([
      'DELETE /durabletask/instances/?createdTimeFrom=2020-01-01T00:00:00.000Z&createdTimeTo=2026-10-24T12:00:00.000Z&runtimeStatus=Completed,Failed,Terminated',
    ]);
    expect(host.log.join()).toContain('older than 30 days');
  });

  it('takes the entities of runs that are gone, and no others', async () => {
    put('rq-1', 0, { runtimeStatus: 'Running' });
    for (const id of ['@run@rq-1', '@run@rq-2', '@run@rq-2-1', '@runtimerecord@0a', '@credentialrecord@0b']) {
      host.instances.set(id, newInstance({ instanceId: id, name: id.slice(0, 5) }));
    }

    await purge();

    expect([...host.instances.keys()]).toEqual([
      'rq-1',
      '@run@rq-1',
      '@runtimerecord@0a',
      '@credentialrecord@0b',
    ]);
    expect(host.log.at(-1)).toContain('2 runs');
  });
});
