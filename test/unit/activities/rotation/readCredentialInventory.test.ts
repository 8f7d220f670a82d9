import { describe, expect, it } from 'vitest';
import { readCredentialInventory } from '../../../../src/activities/rotation/readCredentialInventory.js';
import { ActivityContext, NOW, OF_ATTIC } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { KEY_END } from '../../doubles/memoryGraph.js';
import { CLIENT, SECRET } from './rotating.js';

const take = (context: ActivityContext, carried?: readonly string[]) =>
  readCredentialInventory({ credential: 'reader', now: NOW, ...(carried ? { carried } : {}) }, context.deps);

/** A context with two keys, of which everybody reads the second. */
function withTwo(): ActivityContext {
  const context = new ActivityContext();
  context.secrets = [...context.secrets, { value: 'newer-value', version: 'v2', keyId: 'key-2' }];
  return context;
}

describe('what directory and vault hold of a credential', () => {
  it('is told by ids and times, with how the credential is to be rotated', async () => {
    expect(await take(withTwo(), ['key-1', 'key-2', 'key-7'])).toMatchObject({
      kind: 'listed',
      inventory: {
        current: { credentialId: 'key-2', secretVersion: 'v2', tagged: true },
        carried: [{ credentialId: 'key-1', secretVersion: 'v1' }],
        previous: { credentialId: 'key-1', secretVersion: 'v1' },
        keys: [
          { keyId: 'key-1', endsOn: KEY_END },
          { keyId: 'key-2', endsOn: KEY_END },
        ],
      },
      kept: { clientId: CLIENT, secret: SECRET },
      settings: OF_ATTIC.credential.rotation,
      moveOneSeconds: 180,
      moveSeconds: 360,
      windowSeconds: 0,
    });
  });

  it('names no value, nor the beginning of one, and writes nothing', async () => {
    const context = withTwo();
    const text = JSON.stringify(await take(context, ['key-1']));

    expect(text).not.toMatch(/newer-value|held-secret|"hint"|"new"|"hel"/);
    expect(JSON.stringify(await take(context, ['key-1']))).toBe(text);
    const calls = [...context.vaults.calls.made, ...context.graph.calls.made];
    expect(calls.filter((call) => !/^(?:current|readVersion|versions|keys) /.test(call))).toEqual([]);
  });

  it.each([
    { label: 'only observe', modes: ['observe', 'observe'], observed: true },
    { label: 'do not all observe', modes: ['observe', 'enable'], observed: undefined },
  ] as const)('says whether its profiles $label', async ({ modes, observed }) => {
    const context = new ActivityContext();
    context.profiles = modes.map((mode, place) => ({ ...OF_ATTIC, name: `attic-${place}`, mode }));
    const listed = await take(context);

    expect(listed.kind === 'listed' && listed.observed).toBe(observed);
  });

  it('is asked for again where the list of versions lacks the one just read', async () => {
    const context = withTwo();
    context.vaults.listsLag = true;

    expect(await take(context)).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining(SECRET.name),
    });
  });
});

describe('an inventory that a service lets down', () => {
  it.each<{ label: string; fail(context: ActivityContext): void }>([
    { label: 'the secret', fail: ({ vaults }) => (vaults.calls.faults.current = 'busy') },
    { label: 'its versions', fail: ({ vaults }) => (vaults.calls.faults.versions = 'busy') },
    { label: 'the directory', fail: ({ graph }) => (graph.calls.faults.keys = 'busy') },
  ])('is to be made again where the answer to $label is "later"', async ({ fail }) => {
    const context = withTwo();
    fail(context);

    expect(await take(context)).toMatchObject(RETRY);
  });

  it.each<{ label: string; prepare(context: ActivityContext): void; code: string }>([
    {
      label: 'the directory refuses',
      prepare: ({ graph }) => (graph.calls.faults.keys = 'forbidden'),
      code: 'graphForbidden',
    },
    {
      label: 'the vault refuses',
      prepare: ({ vaults }) => (vaults.calls.faults.current = 'forbidden'),
      code: 'vaultRoleMissing',
    },
    {
      label: 'there is no secret',
      prepare: ({ vaults }) => vaults.forget(SECRET),
      code: 'credentialMissing',
    },
    {
      label: 'the newest version is disabled',
      prepare: ({ vaults }) => vaults.put(SECRET, 'off', { enabled: false }),
      code: 'secretDisabled',
    },
    { label: 'nobody configures it', prepare: (context) => (context.profiles = []), code: 'credentialGone' },
  ])('says $code where $label', async ({ prepare, code }) => {
    const context = withTwo();
    prepare(context);

    expect(await take(context)).toMatchObject({ kind: 'refused', problem: { code } });
  });
});
