import { describe, expect, it } from 'vitest';
import { tagVersion } from '../../../../src/activities/rotation/tagVersion.js';
import { ActivityContext } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { SECRET } from './rotating.js';

const OWN_END = '2027-01-01T00:00:00.000Z';

const note = (context: ActivityContext, secretVersion = 'v2') =>
  tagVersion(
    { credential: 'reader', secretVersion, keyId: 'key-7', endsOn: '2027-05-22T12:00:00.900Z' },
    context.deps,
  );

/** A context whose newest version does not say which key it holds. */
function untagged(given: Parameters<ActivityContext['vaults']['put']>[2] = {}): ActivityContext {
  const context = new ActivityContext();
  context.vaults.put(SECRET, 'theirs', given);
  return context;
}

const newest = ({ vaults }: ActivityContext) => vaults.kept(SECRET)[0];

describe('noting which key a version holds', () => {
  it('gives it the key in a tag of its own, and its end, rounded down', async () => {
    const context = untagged({ tags: { team: 'sales' } });

    expect(await note(context)).toEqual({ kind: 'tagged' });
    expect(newest(context)).toMatchObject({
      tags: { team: 'sales', airlockKeyId: 'key-7' },
      expiresOn: '2027-05-22T12:00:00.000Z',
      value: 'theirs',
      enabled: true,
    });
  });

  it('leaves the end that somebody has given it', async () => {
    const context = untagged({ expiresOn: OWN_END });
    await note(context);

    expect(newest(context)).toMatchObject({ tags: { airlockKeyId: 'key-7' }, expiresOn: OWN_END });
  });

  it('writes the same when it comes twice', async () => {
    const context = untagged();
    await note(context);
    const before = { ...newest(context) };

    expect(await note(context)).toEqual({ kind: 'tagged' });
    expect(newest(context)).toEqual(before);
  });

  it.each([
    { label: 'a person has named its key meanwhile', tags: { keyId: 'key-8' }, secretVersion: 'v2' },
    { label: 'the version is gone', tags: {}, secretVersion: 'v9' },
  ])('is nothing where $label', async ({ tags, secretVersion }) => {
    const context = untagged({ tags });

    expect(await note(context, secretVersion)).toEqual({ kind: 'tagged' });
    expect(context.vaults.calls.count('describe')).toBe(0);
  });

  it('says what a person can do where the vault lets the app list, and not write', async () => {
    const context = untagged();
    context.vaults.calls.faults.describe = 'forbidden';
    const refused = await note(context);

    expect(refused).toMatchObject({ kind: 'refused', problem: { code: 'keyUnnoted' } });
    expect(JSON.stringify(refused)).toContain('key-7');
    expect(JSON.stringify(refused)).not.toContain('theirs');
  });

  it.each(['versions', 'describe'] as const)('is to be made again where %s is busy', async (call) => {
    const context = untagged();
    context.vaults.calls.faults[call] = 'busy';

    expect(await note(context)).toMatchObject(RETRY);
  });
});
