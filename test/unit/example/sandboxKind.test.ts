import { beforeEach, describe, expect, it } from 'vitest';
import { credentialRecordKey } from '../../../src/domain/rotation/credentialState.js';
import type { RotationInput, RuntimeRunInput } from '../../../src/domain/runs/inputs.js';
import { ORCHESTRATIONS } from '../../../src/domain/runs/runs.js';
import type { AirflowSettings } from '../../../src/domain/settings/airflowSettings.js';
import { RuntimeKinds } from '../../../src/runtimes/kind.js';
import { ENABLED, PROFILE } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import type { MemoryApp } from '../doubles/memoryApp.js';
import { appOf } from '../doubles/memoryWorkers.js';
import { sandboxId, sandboxKind, sandboxPattern } from './sandboxKind.js';

const AT = new Date(NOW).toISOString();
const ORIGIN = { startedBy: { kind: 'schedule', at: AT }, createdAt: AT } as const;

let sandboxes: Map<string, AirflowSettings>;
let context: ActivityContext;
let app: MemoryApp;

beforeEach(() => {
  sandboxes = new Map([
    ['one', { environment: { TEAM: 'sales' } }],
    ['two', {}],
  ]);
  context = new ActivityContext({ runtimes: [sandboxPattern('*')] });
  const settingsAt = (host: string) => sandboxes.get(host.split('.')[0] ?? '');
  app = appOf(context, settingsAt, new RuntimeKinds([sandboxKind(sandboxes)]));
});

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
    const { keys } = context.graph.application(credential.clientId);
    expect(keys).toHaveLength(1);
    for (const name of ['one', 'two']) {
      expect(sandboxes.get(name)?.environment).toMatchObject({
        AZURE_CLIENT_SECRET: keys[0]?.value,
        AIRLOCK_CREDENTIAL_ID: keys[0]?.keyId,
      });
    }
  });
});
