import { beforeEach, describe, expect, it } from 'vitest';
import { RotationStrategies } from '../../../src/credentials/strategy.js';
import { credentialRecordKey } from '../../../src/domain/rotation/credentialState.js';
import { ORCHESTRATIONS } from '../../../src/domain/runs/runs.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import type { MemoryApp } from '../doubles/memoryApp.js';
import { type Kept, memoryId } from '../doubles/memoryRuntimes.js';
import { appOf } from '../doubles/memoryWorkers.js';
import { deskStrategy } from './deskStrategy.js';

const AT = new Date(NOW).toISOString();
const ORIGIN = { startedBy: { kind: 'schedule', at: AT }, createdAt: AT } as const;
const { credential } = PROFILE;

let context: ActivityContext;
let kept: Map<string, Kept>;
let app: MemoryApp;

/** Keys that Entra takes: it does not ask by which way they came to be. */
const keys = () => context.graph.application(credential.clientId).keys;
const run = (orchestration: string, id: string, input: object) =>
  app.run(orchestration, id, { ...ORIGIN, ...input });

beforeEach(() => {
  const rotation = { ...credential.rotation, strategy: 'desk', mints: true };
  context = new ActivityContext({ credential: { ...credential, rotation } });
  const strategy = deskStrategy(keys());
  context.strategies = new RotationStrategies([strategy], strategy);
  kept = new Map(
    ['etl', 'ml'].map((name) => [
      `attic.${name}.library.example`,
      context.runtimes.put(memoryId('attic', name)),
    ]),
  );
  app = appOf(context, (host) => kept.get(host)?.settings);
});

describe('a rotation strategy that is written as CONTRIBUTING.md says', () => {
  it('rotates: each runtime has the new key, the old one goes, and nobody calls Microsoft Graph', async () => {
    await run(ORCHESTRATIONS.profileRun, 'profile-1', { action: 'enable', profile: 'attic' });
    const rotated = await run(ORCHESTRATIONS.rotateCredential, 'rotate-1', {
      action: 'rotate',
      credential: credential.name,
      recordKey: credentialRecordKey(credential),
      force: true,
    });

    expect(rotated).toMatchObject({ outcome: 'rotated' });
    expect(keys().map(({ keyId }) => keyId)).toEqual(['desk-2']);
    for (const { settings } of kept.values()) {
      expect(settings.environment).toMatchObject({
        AZURE_CLIENT_SECRET: 'value-of-desk-2',
        AIRLOCK_CREDENTIAL_ID: 'desk-2',
      });
    }
    expect(context.graph.calls.made).toEqual([]);
  });

  it('says in the preflight what it needs', async () => {
    const report = await run(ORCHESTRATIONS.preflight, 'preflight-1', { action: 'preflight' });

    expect(report).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ what: 'a badge' })]),
    });
  });
});
