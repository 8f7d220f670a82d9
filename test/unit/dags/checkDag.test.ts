import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAnswer } from '../../../src/azure/airflow/parseAnswer.js';
import { CHECK_DAG_ID, CHECK_TASK_ID } from '../../../src/domain/proof/checkAnswer.js';

const DAG = fileURLToPath(new URL('../../../dags/airlock_check.py', import.meta.url));
const STUBS = fileURLToPath(new URL('stubs', import.meta.url));
const NONCE = '00112233445566778899aabbccddeeff';
const VALUE = 'value of the canary, ümläut';
const CONF = { variable: 'airlock_canary', nonce: NONCE };
const NO_CODES = { errorType: null, status: null, aadsts: null, reason: null };

/** The continuous integration must have it; a laptop need not. */
const hasPython = spawnSync('python3', ['--version']).status === 0;
const skipped = !hasPython && process.env['CI'] === undefined;

interface Outcome {
  readonly dagId: string;
  readonly tasks: string[];
  readonly settings: Record<string, unknown>;
  readonly retries: number;
  /** What the REST API gives as the task's return value, where Airflow's own XCom class or none is configured. */
  readonly returned?: string;
  /** What the task itself put into Airflow's own table. */
  readonly stored?: Record<string, string> | null;
  readonly raised?: string;
  readonly others: unknown[];
}

type Layout = 'airflow2' | 'airflow3';

/** A process that runs the DAG on the stubs of one layout, again and again. */
interface Python {
  readonly stdin: Writable;
  readonly lines: AsyncIterator<string>;
}

const started = new Map<Layout, Python>();
afterAll(() => {
  for (const { stdin } of started.values()) stdin.end();
});

function pythonOf(layout: Layout): Python {
  const known = started.get(layout);
  if (known) return known;
  const { PATH = '' } = process.env;
  const PYTHONPATH = `${STUBS}/${layout}:${STUBS}/common`;
  const { stdin, stdout } = spawn('python3', [`${STUBS}/common/serve.py`, DAG], {
    env: { PATH, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const python = { stdin, lines: createInterface({ input: stdout })[Symbol.asyncIterator]() };
  started.set(layout, python);
  return python;
}

/** Runs the DAG's task on stubs of Airflow that do what the scenario says. */
async function run(layout: Layout, scenario: object, marker = 'key-1'): Promise<Outcome> {
  const { stdin, lines } = pythonOf(layout);
  const environment = {
    SCENARIO: JSON.stringify({ conf: CONF, ...scenario }),
    ...(marker === '' ? {} : { AIRLOCK_CREDENTIAL_ID: marker }),
  };
  stdin.write(`${JSON.stringify(environment)}\n`);
  const { value, done } = await lines.next();
  const outcome = done ? null : (JSON.parse(value) as Outcome | null);
  if (outcome === null) throw new Error('Python ended without an outcome; what it said is above.');
  return outcome;
}

const answerOf = (outcome: Outcome): unknown => JSON.parse(outcome.returned ?? 'null');

describe.skipIf(skipped).each(['airflow2', 'airflow3'] as const)(
  'on the layout of %s (needs python3)',
  (layout) => {
    it('is a DAG without a schedule that starts unpaused and is never retried', async () => {
      const { dagId, tasks, settings, retries } = await run(layout, { direct: VALUE, variable: VALUE });
      expect(dagId).toBe(CHECK_DAG_ID);
      expect(tasks).toEqual([CHECK_TASK_ID]);
      expect(settings).toMatchObject({
        schedule: null,
        catchup: false,
        is_paused_upon_creation: false,
        max_active_runs: 4,
        tags: ['airlock'],
      });
      expect(retries).toBe(0);
    });

    it('answers the challenge', async () => {
      expect(answerOf(await run(layout, { direct: VALUE, variable: VALUE }))).toEqual({
        version: 1,
        answer: createHmac('sha256', VALUE).update(NONCE).digest('hex'),
        marker: 'key-1',
        backend: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
        vaultUrl: 'https://kv.vault.azure.net/',
        direct: { outcome: 'found', ...NO_CODES },
        variable: { outcome: 'same', errorType: null },
        airflow: layout === 'airflow2' ? '2.6.3' : '3.3.2',
      });
    });

    it('hands its answer over past the XCom back end that is configured', async () => {
      const { stored, returned } = await run(layout, { direct: VALUE, variable: VALUE });

      expect(stored).toEqual({
        key: 'return_value',
        value: returned,
        dag_id: CHECK_DAG_ID,
        task_id: CHECK_TASK_ID,
        run_id: 'run-1',
      });
      expect(JSON.parse(returned ?? '')).toMatchObject({ version: 1 });
    });

    it('returns its answer as any task does where that way is barred', async () => {
      const outcome = await run(layout, {
        direct: VALUE,
        variable: VALUE,
        xcom: { error: 'PermissionError' },
      });

      expect(outcome.stored).toBeNull();
      expect(answerOf(outcome)).toMatchObject({ direct: { outcome: 'found' } });
    });

    it.each([
      [
        'a refused secret',
        { error: 'refused' },
        { errorType: 'ClientAuthenticationError', aadsts: 'AADSTS7000215' },
      ],
      [
        'a parsed inner code',
        { error: 'inner', code: 'ForbiddenByPolicy' },
        { status: 403, reason: 'ForbiddenByPolicy' },
      ],
      [
        'an inner code in the text',
        { error: 'text', code: 'SecretDisabled' },
        { status: 403, reason: 'SecretDisabled' },
      ],
      ['an inner code that is not on the list', { error: 'inner', code: 'Secret_s3cr3t' }, { reason: null }],
      ['a status that is no number', { error: 'oddStatus' }, { status: null }],
      [
        'kwargs that cannot be read',
        { error: 'ValueError' },
        { errorType: 'ValueError', status: null, reason: null },
      ],
    ])('names %s and never the text of the error', async (_what, direct, codes) => {
      const { returned } = await run(layout, { direct, variable: 'stale value' });
      expect(JSON.parse(returned ?? '')).toMatchObject({
        answer: null,
        direct: { outcome: 'error', ...codes },
        variable: { outcome: 'other', errorType: null },
      });
      expect(returned).not.toMatch(/text|stale|s3cr3t|Invalid client/);
      expect(await parseAnswer(returned)).toBeDefined();
    });

    it.each([
      ['KeyError', 'missing', 'KeyError'],
      ['notFound3', 'missing', 'AirflowRuntimeError'],
      ['PermissionError', 'error', 'PermissionError'],
    ])('tells what Variable.get raises: %s', async (error, outcome, errorType) => {
      expect(answerOf(await run(layout, { direct: VALUE, variable: { error } }))).toMatchObject({
        direct: { outcome: 'found' },
        variable: { outcome, errorType },
      });
    });

    it('says where the secret is missing, another value comes back, or there is no back end', async () => {
      expect(answerOf(await run(layout, { direct: null, variable: { error: 'KeyError' } }))).toMatchObject({
        answer: null,
        direct: { outcome: 'missing', ...NO_CODES },
      });
      expect(answerOf(await run(layout, { direct: VALUE, variable: 'copy' }))).toMatchObject({
        direct: { outcome: 'found' },
        variable: { outcome: 'other' },
      });
      expect(answerOf(await run(layout, { load: null, variable: 'copy' }, ''))).toMatchObject({
        answer: null,
        marker: null,
        backend: null,
        vaultUrl: null,
        direct: { outcome: 'notConfigured', ...NO_CODES },
        variable: { outcome: 'other' },
      });
    });

    it('names an error of loading the back end, and does not call none what it cannot load', async () => {
      expect(answerOf(await run(layout, { load: { error: 'ValueError' }, variable: VALUE }))).toMatchObject({
        backend: null,
        direct: { outcome: 'error', errorType: 'ValueError' },
      });
    });

    it('cuts what somebody else may have made long', async () => {
      const { returned } = await run(
        layout,
        { direct: VALUE, variable: VALUE, vaultUrl: 'x'.repeat(9000) },
        'm'.repeat(9000),
      );
      expect(JSON.parse(returned ?? '')).toMatchObject({
        vaultUrl: 'x'.repeat(256),
        marker: 'm'.repeat(256),
      });
      expect(await parseAnswer(returned)).toBeDefined();
    });

    it('lets a time-out end the task', async () => {
      expect((await run(layout, { direct: { error: 'timeout' } })).raised).toBe('TaskTimeout: Timeout');
    });

    it('fails with a clear message where the conf is not one that it takes', async () => {
      const unnamed = [null, {}, 'text', { nonce: NONCE }];
      const misnamed = ['', 'a/b', 'a\n', 'a'.repeat(128), ['a']].map((variable) => ({ ...CONF, variable }));
      const unnonced = [undefined, '0123', 'x'.repeat(32), '0'.repeat(257), 1].map((nonce) => ({
        ...CONF,
        nonce,
      }));
      const otherConfs = [...unnamed, ...misnamed, ...unnonced];

      const { others } = await run(layout, { otherConfs, direct: VALUE, variable: VALUE });

      const raised = (confs: readonly unknown[], text: string) => confs.map(() => ({ raised: text }));
      expect(others).toEqual([
        ...raised(
          [...unnamed, ...misnamed],
          "ValueError: conf.variable must be the name of a variable: 1 to 127 letters, digits, '-' and '_'",
        ),
        ...raised(unnonced, 'ValueError: conf.nonce must be 16 to 256 hexadecimal digits'),
      ]);
    });
  },
);
