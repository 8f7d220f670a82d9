import { expect, it } from 'vitest';
import type { ActivityDeps, DurableState } from '../../../src/activities/deps.js';
import { removeKey } from '../../../src/activities/rotation/removeKey.js';
import { STRATEGIES } from '../../../src/credentials/strategies.js';
import { EMPTY_CREDENTIAL_RECORD } from '../../../src/domain/rotation/credentialState.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { PROFILE } from '../domain/settings/bodies.js';

it('closes the versions that hold a removed key, those as well that only the app has noted it on', async () => {
  const { credential } = PROFILE;
  const version = (name: string, tags: Record<string, string>) => ({
    version: name,
    enabled: true,
    createdAt: 0,
    tags,
  });
  const versions = [
    version('v3', { keyId: 'key-2' }),
    version('v2', { airlockKeyId: 'key-1' }),
    version('v1', { keyId: 'key-1' }),
    version('v0', { airlockKeyId: 'key-0' }),
  ];
  const closed: string[] = [];
  const azure = {
    vaults: {
      current: async () => ({ kind: 'found', value: new Secret('value'), ...versions[0] }),
      versions: async ({ name }: { name: string }) => ({
        kind: 'listed',
        versions: name === credential.secret.name ? versions : [],
      }),
      disable: async (_: object, name: string) => {
        closed.push(name);
        return { kind: 'disabled' };
      },
    },
    graph: {
      keys: async () => ({ kind: 'listed', keys: [] }),
      removeKey: async () => ({ kind: 'removed' }),
    },
  };
  const deps = {
    configuration: async () => ({ credentials: [credential] }),
    azure: async () => azure,
    strategies: STRATEGIES,
  };
  const rotation = { runId: 'run', until: 0, phase: 'committed' };
  const record = { ...EMPTY_CREDENTIAL_RECORD, retiring: ['key-1'], rotation };
  const durable = { credentialRecord: async () => record };

  const removed = await removeKey(
    { credential: credential.name, runId: 'run', keyId: 'key-1' },
    deps as unknown as ActivityDeps,
    durable as unknown as DurableState,
  );

  expect(removed).toEqual({ kind: 'removed' });
  expect(closed).toEqual(['v2', 'v1']);
});
