import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { Engine } from '../../../local/runner/engine.js';
import { createFunctionsHost, type FunctionsHost } from '../../../local/runner/functionsHost.js';
import { Invoker } from '../../../local/runner/invoke.js';
import type { DurableFault, FaultPoint, Instance } from '../../../local/runner/state.js';

const APP = fileURLToPath(new URL('app.mjs', import.meta.url));
const SYSTEM_KEY = 'system-key';
const FUNCTION_KEY = 'function-key';
const calls = (): Map<string, unknown> =>
  (globalThis as unknown as { runnerTestCalls: Map<string, unknown> }).runnerTestCalls;

describe('the functions host', () => {
  const errors: unknown[] = [];
  const kernel = createKernel({ mode: 'virtual', onError: (error) => errors.push(error) });
  let host: FunctionsHost;
  let origin: string;

  beforeAll(async () => {
    host = createFunctionsHost({
      kernel,
      appEntry: APP,
      functionKey: FUNCTION_KEY,
      systemKey: SYSTEM_KEY,
      onLog: () => undefined,
      durable: { keepHistories: true },
    });
    origin = `http://127.0.0.1:${await host.start(0)}`;
  });
  afterAll(async () => {
    await host.stop();
    kernel.clock.stop();
    expect(errors).toEqual([]);
  });

  const api = (path: string, init?: RequestInit) => fetch(`${origin}/durabletask/${path}`, init);
  const start = (name: string, id: string, input: unknown = {}) =>
    api(`orchestrators/${name}/${id}`, { method: 'POST', body: JSON.stringify(input) });

  async function outcome(name: string, id: string, input: unknown = {}) {
    expect((await start(name, id, input)).status).toBe(202);
    await kernel.clock.run({ untilMs: kernel.clock.now() + 40 * 24 * 3600_000 });
    return status(id);
  }
  const status = async (id: string) =>
    (await (await api(`instances/${id}?showInput=true`)).json()) as {
      runtimeStatus: string;
      output: unknown;
      customStatus: unknown;
    };

  it('runs activities in a row and side by side', async () => {
    expect(await outcome('sequence', 's1', { count: 3 })).toMatchObject({
      runtimeStatus: 'Completed',
      output: ['effect s1/0', 'effect s1/1', 'effect s1/2'],
    });
    expect(await outcome('side-by-side', 'p1')).toMatchObject({
      output: [{ n: 1 }, { n: 2 }, { n: 3 }, null],
    });
  });

  it('retries, and surfaces the last failure after its pause', async () => {
    expect(await outcome('retrying', 'r1', { failures: 2 })).toMatchObject({ output: 'call 3' });
    const before = kernel.clock.now();
    const { output } = (await outcome('retrying', 'r2', { failures: 9 })) as {
      output: { failedAt: string; says: string };
    };

    // 60 + 120 + 240 s: a timer follows every failure, the last included.
    expect(Date.parse(output.failedAt) - before).toBe(420_000);
    expect(output.says).toContain('failure 3');
  });

  it('fires timers of weeks as chains, and drops those that are cancelled', async () => {
    const before = kernel.clock.now();
    const { output } = await outcome('sleepy', 't1');
    expect(Date.parse(String(output)) - before).toBe(20 * 24 * 3600_000);

    await start('race', 'race1');
    await kernel.clock.quiet();
    const began = kernel.clock.now();
    expect((await api('instances/race1/raiseEvent/go', { method: 'POST', body: '"now"' })).status).toBe(202);
    await kernel.clock.run({ untilMs: began + 24 * 3600_000 });
    expect(await status('race1')).toMatchObject({ runtimeStatus: 'Completed', output: 'now' });
    expect(kernel.clock.now()).toBe(began);
    expect((await api('instances/race1/raiseEvent/go', { method: 'POST', body: '1' })).status).toBe(410);
    expect((await api('instances/nobody/raiseEvent/go', { method: 'POST', body: '1' })).status).toBe(404);
    expect(await outcome('race', 'race2')).toMatchObject({ output: 'too late' });
  });

  it('keeps the parent of a sub-orchestration that continues as new, and its custom status', async () => {
    expect(await outcome('parent', 'c1')).toMatchObject({ output: { parent: 'c1' } });
    expect(await status('c1-child')).toMatchObject({ customStatus: { left: 1 } });
    expect(host.history('c1-child')).toHaveLength(6);
  });

  it('keeps entities', async () => {
    expect(await outcome('counting', 'e1', { key: 'k' })).toMatchObject({ output: 5 });
    expect(await (await api('entities/counter/k')).json()).toBe(5);
    expect((await api('entities/counter/unknown')).status).toBe(404);
    await api('entities/counter/k?op=add', { method: 'POST', body: '4' });
    await kernel.clock.quiet();
    expect(await (await api('entities/counter/k')).json()).toBe(9);
  });

  it.each(['buffered', 'buffered-in-all'])(
    'keeps an event that came before anybody waited for it (%s)',
    async (name) => {
      await start(name, name);
      await kernel.clock.quiet();
      await api(`instances/${name}/raiseEvent/early`, { method: 'POST', body: '{"a":1}' });
      await kernel.clock.run();
      expect(await status(name)).toMatchObject({ output: { a: 1 } });
    },
  );

  it('terminates with all that was started', async () => {
    await start('waiting-for-ever', 'w1');
    await kernel.clock.run();
    await api('instances/w1/terminate?reason=enough', { method: 'POST' });
    await kernel.clock.run();
    expect(await status('w1')).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    expect(await status('w1-child')).toMatchObject({ runtimeStatus: 'Terminated' });
  });

  it('suspends and resumes', async () => {
    await start('race', 'susp');
    await kernel.clock.quiet();
    await api('instances/susp/suspend?reason=x', { method: 'POST' });
    await kernel.clock.quiet();
    expect(await status('susp')).toMatchObject({ runtimeStatus: 'Suspended' });
    await api('instances/susp/resume?reason=x', { method: 'POST' });
    await api('instances/susp/raiseEvent/go', { method: 'POST', body: '1' });
    await kernel.clock.quiet();
    expect(await status('susp')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
  });

  it.each([
    ['leaves-a-timer', /live timers/],
    ['fickle', /Non-deterministic/],
    ['reuses-a-task', /disagree on the open tasks/],
    ['throws', /on purpose/],
  ])('fails loudly: %s', async (name, says) => {
    const failed = await outcome(name, `bad-${name}`);

    expect(failed.runtimeStatus).toBe('Failed');
    expect(String(failed.output)).toMatch(says);
  });

  it('starts an id once while it runs, and anew once it has ended', async () => {
    await start('race', 'once');
    expect((await start('race', 'once')).status).toBe(409);
    await api('instances/once/raiseEvent/go', { method: 'POST', body: '1' });
    await kernel.clock.run();
    expect((await start('race', 'once')).status).toBe(202);
    expect((await start('race', encodeURIComponent('a#c'))).status).not.toBe(202);
    expect((await start('nothing', 'x')).status).toBe(400);
    await api('instances/once/raiseEvent/go', { method: 'POST', body: '1' });
    await kernel.clock.run();
  });

  it('lists with filters and pages, and purges what has ended', async () => {
    const ended = await api('instances/?runtimeStatus=Completed&top=2');
    expect(((await ended.json()) as unknown[]).length).toBe(2);
    const token = ended.headers.get('x-ms-continuation-token') ?? '';
    const more = await api('instances/?runtimeStatus=Completed&top=200', {
      headers: { 'x-ms-continuation-token': token },
    });
    expect(((await more.json()) as unknown[]).length).toBeGreaterThan(2);
    await start('race', 'live');
    await kernel.clock.quiet();
    expect((await api('instances/live', { method: 'DELETE' })).status).toBe(412);
    expect((await api('instances/s1', { method: 'DELETE' })).status).toBe(200);
    expect((await api('instances/s1')).status).toBe(404);
    expect((await api('instances/s1', { method: 'DELETE' })).status).toBe(404);
    await api('instances/live/raiseEvent/go', { method: 'POST', body: '1' });
    await kernel.clock.run();
    const purged = (await (
      await api('instances/?createdTimeFrom=2020-01-01&runtimeStatus=Completed', { method: 'DELETE' })
    ).json()) as { instancesDeleted: number };
    expect(purged.instancesDeleted).toBeGreaterThan(5);
  });

  it('asks for the system key on the public path of durable management', async () => {
    const path = `${origin}/runtime/webhooks/durabletask/instances/`;

    expect((await fetch(path)).status).toBe(401);
    expect((await fetch(`${path}?code=${SYSTEM_KEY}`)).status).toBe(200);
  });

  it('serves HTTP functions by route, method and key', async () => {
    expect(await (await fetch(`${origin}/api/open/ada?q=1`)).json()).toEqual({ name: 'ada', q: '1' });
    expect((await fetch(`${origin}/api/open/ada`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${origin}/api/locked`, { method: 'POST', body: '{}' })).status).toBe(401);
    const started = await fetch(`${origin}/api/locked?code=${FUNCTION_KEY}`, {
      method: 'POST',
      body: '{"count":1}',
    });
    expect([started.status, await started.text()]).toEqual([202, 'from-http']);
    await kernel.clock.run();
    expect(await status('from-http')).toMatchObject({ output: ['effect from-http/0'] });
  });

  it('gives each event of a batch to the function, and refuses what is no JSON', async () => {
    const url = `${origin}/runtime/webhooks/eventgrid?functionName=hears&code=${SYSTEM_KEY}`;
    const post = (body: string) => fetch(url, { method: 'POST', body });

    expect((await post('[{"id":"1","subject":"a"},{"id":"2","subject":"b"}]')).status).toBe(202);
    expect((await post('{"id":"3","subject":"c","specversion":"1.0"}')).status).toBe(202);
    expect((await post('{nope')).status).toBe(400);
    expect(['1', '2', '3'].map((id) => calls().get(`event ${id}`))).toEqual(['a', 'b', 'c']);
  });

  it('runs timer functions as time passes, and lets time stand for them', async () => {
    const before = Number(calls().get('ticks') ?? 0);
    await kernel.clock.run();
    expect(Number(calls().get('ticks') ?? 0)).toBe(before);
    await kernel.clock.advance(3 * 3600_000);
    expect(Number(calls().get('ticks'))).toBe(before + 3);
  });

  describe('killed and continued', () => {
    const work: [name: string, input: unknown][] = [
      ['sequence', { count: 3 }],
      ['side-by-side', {}],
      ['parent', {}],
      ['counting', { key: 'crash' }],
      ['race', {}],
    ];
    /** Runs everything on engines of its own; a crash goes on in a new engine from the last state. */
    async function play(fault: (point: FaultPoint, where: Record<string, unknown>) => DurableFault | null) {
      let state: ReturnType<Engine['snapshot']> | undefined;
      const virtual = createKernel({ mode: 'virtual', onError: (error) => errors.push(error) });
      for (let life = 0; life < 5; life++) {
        let crashed = false;
        const engine = new Engine({
          kernel: virtual,
          invoker: new Invoker(
            host.registrations,
            () => ({}),
            () => undefined,
          ),
          fault,
          onError: (error) => {
            crashed = true;
            if (!(error instanceof Error) || error.constructor.name !== 'Crash') errors.push(error);
          },
        });
        if (state) engine.restore(state);
        else for (const [name, input] of work) engine.start(name, JSON.stringify(input), name);
        await virtual.clock.run();
        state = engine.snapshot();
        if (!crashed) break;
      }
      virtual.clock.stop();
      const instances = Object.values(state?.instances ?? {}) as Instance[];
      return {
        outputs: Object.fromEntries(
          instances.map(({ instanceId, status: ended, output }) => [instanceId, [ended, output]]),
        ),
        entities: Object.fromEntries(
          Object.entries(state?.entities ?? {}).map(([id, entity]) => [id, entity.state]),
        ),
      };
    }

    it('gives the same outputs and entity states wherever it dies, or a completion is lost or doubled', async () => {
      const points: FaultPoint[] = [];
      const whole = await play((point) => {
        points.push(point);
        return null;
      });
      expect(points.length).toBeGreaterThan(30);
      for (const [at, point] of points.entries()) {
        const kinds: DurableFault[] = point === 'after-activity' ? ['crash', 'lost', 'duplicate'] : ['crash'];
        for (const kind of kinds) {
          let seen = -1;
          const again = await play(() => (++seen === at ? kind : null));
          expect(again, `${kind} at ${at} (${point})`).toEqual(whole);
        }
      }
    });
  });
});
