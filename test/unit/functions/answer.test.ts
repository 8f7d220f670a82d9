import { HttpRequest, InvocationContext } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import type { FunctionDeps } from '../../../src/functions/deps.js';
import { answer } from '../../../src/functions/http/routes.js';
import { KINDS } from '../../../src/runtimes/kinds.js';

const log: string[] = [];

async function ask(deps: Partial<FunctionDeps>, load: () => Promise<never> = fail, principal?: object) {
  const header = Buffer.from(JSON.stringify(principal ?? {})).toString('base64');
  const request = new HttpRequest({
    method: 'GET',
    url: 'http://127.0.0.1/api/runs',
    ...(principal ? { headers: { 'x-ms-client-principal': header } } : {}),
  });
  const context = new InvocationContext({
    invocationId: 'invocation-1',
    logHandler: (level, ...parts) => log.push(`${level}: ${parts.map(String).join(' ')}`),
  });
  const given: FunctionDeps = {
    configuration: () => Promise.reject(new Error('not asked for')),
    kinds: KINDS,
    settings: () => ({ httpAuth: 'functionKey' }),
    problems: async () => [],
    now: () => new Date(0),
    randomHex: () => '',
    ...deps,
  };
  return answer({ name: 'listRuns', method: 'GET', role: 'reader', load }, request, context, given);
}

const fail = () => Promise.reject(new Error('https://host/x?code=KEY'));

describe('an HTTP function', () => {
  it('that fails unexpectedly says so in a problem document, and why in the log alone', async () => {
    const result = await ask({});

    expect(result).toMatchObject({ status: 500, headers: { 'content-type': 'application/problem+json' } });
    expect(String(result.body)).toContain('invocation-1');
    expect(String(result.body)).not.toContain('KEY');
    expect(log.at(-1)).toContain('listRuns failed unexpectedly');
  });

  it('of an app that is configured wrongly does nothing', async () => {
    expect(await ask({ problems: async () => ['one', 'two'] })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60' },
      body: expect.stringContaining('2 problem(s)'),
    });
    expect(await ask({ problems: fail })).toMatchObject({ status: 500 });
  });

  it('is not reached by whoever may not', async () => {
    const settings = () => ({ httpAuth: 'appService' }) as const;

    expect((await ask({ settings })).status).toBe(401);
    const ada = { typ: 'oid', val: '0f1e2d3c-0000-4000-8000-000000000001' };
    expect((await ask({ settings }, fail, { claims: [ada] })).status).toBe(403);
    const reader = { claims: [ada, { typ: 'roles', val: 'reader' }] };
    expect((await ask({ settings }, fail, reader)).status).toBe(500);
  });
});
