import { beforeEach, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import type { AirflowApi, AirflowTarget } from '../../../src/azure/airflow/api.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { CHECK_DAG_ID, type CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import { credentialRecordKey } from '../../../src/domain/rotation/credentialState.js';
import type { RotationInput, RuntimeRunInput } from '../../../src/domain/runs/inputs.js';
import { ORCHESTRATIONS } from '../../../src/domain/runs/runs.js';
import type { AirflowSettings } from '../../../src/domain/settings/airflowSettings.js';
import { AllRuntimes } from '../../../src/runtimes/allRuntimes.js';
import { RuntimeKinds } from '../../../src/runtimes/kind.js';
import { ENABLED, PROFILE } from '../domain/settings/bodies.js';
import { ActivityContext, CANARY_VALUE, NOW } from '../doubles/activityContext.js';
import { MemoryAirflow, rightAnswer } from '../doubles/memoryAirflow.js';
import { MemoryApp } from '../doubles/memoryApp.js';
import { sandboxId, sandboxKind, sandboxPattern } from './sandboxKind.js';

const ORIGIN = {
  startedBy: { kind: 'schedule', at: new Date(NOW).toISOString() },
  createdAt: new Date(NOW).toISOString(),
} as const;

let sandboxes: Map<string, AirflowSettings>;
let context: ActivityContext;
let app: MemoryApp;

beforeEach(() => {
  sandboxes = new Map([
    ['one', { environment: { TEAM: 'sales' } }],
    ['two', {}],
  ]);
  context = new ActivityContext({ runtimes: [sandboxPattern('*')] });
  app = new MemoryApp(NOW, depsOf(context));
});

/** The services of a context, with sandboxes for runtimes, and a web server in each. */
function depsOf({ deps }: ActivityContext): ActivityDeps {
  const kinds = new RuntimeKinds([sandboxKind(sandboxes)]);
  const identity = () => Promise.reject(new Error('sandboxes ask for no token'));
  const runtimes = new AllRuntimes(kinds, { cloud: CLOUDS.public, identity });
  return { ...deps, kinds, azure: async () => ({ ...(await deps.azure()), runtimes, airflow }) };
}

/** The web server of a sandbox, whose workers run with the settings that it has. */
function airflow(target: AirflowTarget): AirflowApi {
  const [name = ''] = new URL(target.webUrl).host.split('.');
  const server = new MemoryAirflow();
  server.add(CHECK_DAG_ID);
  const api = server.connect(target);
  const settings = sandboxes.get(name);
  return {
    ...api,
    dagRun: async () => ({ kind: 'found', state: 'success' }),
    answer: async (_api, _dagId, dagRunId) => ({
      kind: 'answered',
      answer: answerOf(settings, nonces.get(dagRunId)),
    }),
    trigger: async (...asked) => {
      const [, , dagRunId, conf] = asked;
      if ('nonce' in conf) nonces.set(dagRunId, conf.nonce);
      return api.trigger(...asked);
    },
  };
}

const nonces = new Map<string, string>();

function answerOf(settings: AirflowSettings | undefined, nonce = ''): CheckAnswer {
  const environment = (settings?.environment ?? {}) as Readonly<Record<string, string>>;
  const { AZURE_CLIENT_SECRET: value, AIRLOCK_CREDENTIAL_ID: marker = '' } = environment;
  const right = rightAnswer(CANARY_VALUE, nonce, marker, PROFILE.vault);
  const { keys } = context.graph.application(PROFILE.credential.clientId);
  if (keys.some((key) => key.value === value)) return right;
  const refusal = {
    outcome: 'error',
    errorType: 'ClientAuthenticationError',
    status: 401,
    reason: null,
  } as const;
  return { ...right, answer: null, direct: { ...refusal, aadsts: 'AADSTS7000215' } };
}

function enable(name: string): Promise<unknown> {
  const input: RuntimeRunInput = { action: 'enable', runtime: sandboxId(name), asked: 'person', ...ORIGIN };
  return app.run(ORCHESTRATIONS.runtimeRun, `enable-${name}-${app.results.size}`, input);
}

describe('a kind of runtime that is written as CONTRIBUTING.md says', () => {
  it('is enabled, and keeps what was there', async () => {
    expect(await enable('one')).toMatchObject({ outcome: 'enabled' });
    expect(sandboxes.get('one')?.environment).toEqual({ TEAM: 'sales', ...ENABLED });
    expect(await enable('one')).toMatchObject({ outcome: 'alreadyEnabled' });
  });

  it('is rotated: each runtime has the new key, and only then the old one goes', async () => {
    await enable('one');
    await enable('two');
    const { credential } = PROFILE;
    const recordKey = credentialRecordKey(credential);
    const input: RotationInput = {
      action: 'rotate',
      credential: credential.name,
      recordKey,
      force: true,
      ...ORIGIN,
    };

    expect(await app.run(ORCHESTRATIONS.rotateCredential, 'rotate-1', input)).toMatchObject({
      outcome: 'rotated',
    });
    const { keys } = context.graph.application(PROFILE.credential.clientId);
    expect(keys).toHaveLength(1);
    for (const name of ['one', 'two']) {
      expect(sandboxes.get(name)?.environment).toMatchObject({
        AZURE_CLIENT_SECRET: keys[0]?.value,
        AIRLOCK_CREDENTIAL_ID: keys[0]?.keyId,
      });
    }
  });
});
