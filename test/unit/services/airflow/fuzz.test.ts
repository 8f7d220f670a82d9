import fc from 'fast-check';
import { expect, it } from 'vitest';
import { APP, bearer, call } from '../cloud.js';
import { createWorld, DATA_FACTORY, HOST } from './world.js';

const segment = fc.constantFrom(
  'api',
  'v1',
  'v2',
  'dags',
  'airlock_check',
  'dagRuns',
  'one',
  'taskInstances',
  'answer',
  'xcomEntries',
  'return_value',
  'variables',
  'importErrors',
  'auth',
  'token',
  'health',
  'monitor',
  '__proto__',
  'constructor',
  '%E0%A4%A',
  '',
  '..',
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 9 }).map((segments) => `/${segments.join('/')}`),
  fc
    .array(segment, { maxLength: 8 })
    .chain((rest) => fc.constantFrom('v1', 'v2').map((api) => ['/api', api, ...rest].join('/'))),
);
const body = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record(
      {
        dag_run_id: fc.jsonValue(),
        conf: fc.jsonValue(),
        logical_date: fc.jsonValue(),
        note: fc.jsonValue(),
        is_paused: fc.jsonValue(),
        key: fc.oneof(fc.jsonValue(), fc.constant('__proto__')),
        value: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

it.each(['2.6.3', '3.3.2'])('has an answer to any request, on %s', async (version) => {
  const world = createWorld(version);
  await world.trigger('one');
  await world.cloud.clock.advance(15_000);
  const login = bearer(world.cloud, APP, DATA_FACTORY);
  const contentType = fc.constantFrom('application/json', 'text/plain', '');
  const method = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE');

  await fc.assert(
    fc.asyncProperty(path, method, body, contentType, async (url, verb, content, type) => {
      const headers = { ...login, ...(type === '' ? {} : { 'content-type': type }) };
      const answer = await call(world.airflow, verb, `https://${HOST}${url}`, { headers, body: content });
      expect(answer.status).toBeGreaterThanOrEqual(200);
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 500 },
  );
  // What was made by chance can be kept and taken up again.
  world.build().restore(JSON.parse(JSON.stringify(world.airflow.snapshot())));
});
