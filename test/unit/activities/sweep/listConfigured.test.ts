import { describe, expect, it } from 'vitest';
import { listConfigured } from '../../../../src/activities/sweep/listConfigured.js';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import { credentialRecordKey } from '../../../../src/domain/rotation/credentialState.js';
import { ActivityContext, OF_ATTIC } from '../../doubles/activityContext.js';

const WRITER = { ...OF_ATTIC.credential, name: 'writer', clientId: '33333333-3333-3333-3333-333333333333' };

async function listed(...profiles: Partial<Profile>[]) {
  const context = new ActivityContext();
  context.profiles = profiles.map((profile) => ({ ...OF_ATTIC, ...profile }));
  return listConfigured({}, context.deps);
}

describe('what is configured', () => {
  it('is told by name, with the keys of the records of credentials', async () => {
    expect(await listed({ name: 'attic' }, { name: 'cellar', credential: WRITER })).toEqual({
      kind: 'listed',
      profiles: ['attic', 'cellar'],
      credentials: [
        { name: 'reader', recordKey: credentialRecordKey(OF_ATTIC.credential) },
        { name: 'writer', recordKey: credentialRecordKey(WRITER) },
      ],
    });
  });

  it('says which credentials are not to be rotated', async () => {
    expect(await listed({ mode: 'observe' }, { mode: 'enable', credential: WRITER })).toMatchObject({
      credentials: [{ name: 'reader', observed: true }, { name: 'writer' }],
    });
    const { credentials } = (await listed({ credential: WRITER })) as { credentials: readonly object[] };

    expect(credentials[0]).not.toHaveProperty('observed');
  });

  it('holds no value and asks no service', async () => {
    const context = new ActivityContext();
    const text = JSON.stringify(await listConfigured({}, context.deps));

    expect(text).not.toContain('held-secret');
    expect(context.vaults.calls.made).toEqual([]);
  });
});
