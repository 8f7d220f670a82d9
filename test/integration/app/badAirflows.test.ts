import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AirflowPatch } from '../../../local/services/airflow/state.js';
import { armCalls, enable, expectReleased, impatientConfig, startCloud, type TestCloud } from './harness.js';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud({ configText: impatientConfig() });
});
afterAll(async () => {
  await cloud.handle.stop();
});

describe('Airflows that do not prove access', () => {
  const cases: [label: string, outcome: string, code: string | undefined, patch: AirflowPatch][] = [
    [
      'the check DAG fails',
      'checkFailed',
      'dagRunFailed',
      { dags: { airlock_check: { behaviour: 'fails' } } },
    ],
    [
      'the check DAG hangs',
      'checkFailed',
      'checkRunStuck',
      { dags: { airlock_check: { behaviour: 'hangs' } } },
    ],
    ['the check DAG is missing', 'checkFailed', 'dagMissing', { dags: { airlock_check: { missing: true } } }],
    [
      'the check DAG has an import error',
      'checkFailed',
      'dagImportError',
      { dags: { airlock_check: { importError: "No module named 'nothing'" } } },
    ],
    [
      'the answer is forged',
      'checkFailed',
      'wrongAnswer',
      { dags: { airlock_check: { behaviour: 'forged' } } },
    ],
    [
      'the answer is not one',
      'checkFailed',
      'answerMalformed',
      { dags: { airlock_check: { behaviour: 'forged', forgedAnswer: '{"version":1,"x":"<script>"}' } } },
    ],
    ['the web server answers 401', 'checkFailed', 'airflowUnauthorized', { api: '401' }],
    ['the web server answers 403', 'checkFailed', 'airflowForbidden', { api: '403' }],
    ['the web server answers HTML', 'checkFailed', 'webServerNotHealthy', { api: 'html' }],
    ['the web server redirects', 'checkFailed', 'airflowRedirected', { api: 'redirect' }],
    ['the web server answers nothing', 'checkFailed', 'webServerNotHealthy', { api: 'nothing' }],
    ['the web server answers garbage', 'checkFailed', 'webServerNotHealthy', { api: 'garbage' }],
    [
      'a value of the same name waits in the metastore',
      'enabled',
      undefined,
      { variables: { 'airlock-canary': 'stale' } },
    ],
    ['the check DAG is paused', 'enabled', undefined, { dags: { airlock_check: { paused: true } } }],
  ];
  it.each(cases)('%s', async (label, outcome, code, patch) => {
    const name = `airflow-${cases.findIndex(([each]) => each === label)}`;
    const run = await enable(cloud, { name }, patch);

    expect([run.outcome, run.problem?.code]).toEqual([outcome, code]);
    expect((await armCalls(cloud.client, name)).writes).toBe(1);
    await expectReleased(cloud, name);
  });
});
