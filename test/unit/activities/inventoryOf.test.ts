import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/activities/azure.js';
import { inventoryOf } from '../../../src/activities/rotation/readCredentialInventory.js';
import type { ListedKey } from '../../../src/azure/graph.js';
import { STRATEGIES } from '../../../src/credentials/strategies.js';
import type { Credential } from '../../../src/domain/configuration/credential.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import type { ProblemCode } from '../../../src/domain/problems/catalogue.js';
import type { CredentialInventory } from '../../../src/domain/rotation/inventory.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { PROFILE } from '../domain/settings/bodies.js';

/** A version of the secret, newest first in a list; its value, its tags, whether it can be read. */
interface Version {
  readonly version: string;
  readonly value: string;
  readonly tags?: Record<string, string>;
  readonly enabled?: boolean;
  readonly expiresOn?: string;
}

const END = '2027-05-01T00:00:00.000Z';
const GRAPH: Credential = {
  ...PROFILE.credential,
  rotation: { ...PROFILE.credential.rotation, strategy: 'graph', mints: true },
};
const EXTERNAL: Credential = {
  ...GRAPH,
  rotation: { ...GRAPH.rotation, strategy: 'external', mints: false },
};

const refused = (code: ProblemCode): CallFailure => ({
  kind: 'refused',
  problem: { code, message: 'Refused.', remedy: 'Fix it.' },
});

/** An Azure that has these; `accepted`: the values that Entra takes. */
function azureWith(versions: readonly Version[], keys: readonly ListedKey[] = [], accepted: string[] = []) {
  const asked: string[] = [];
  const shown = versions.map(({ version, tags = {}, enabled = true, expiresOn }, place) => ({
    version,
    tags,
    enabled,
    createdAt: 1000 - place,
    ...(expiresOn ? { expiresOn } : {}),
  }));
  const read = (one: Version | undefined) =>
    one && one.enabled !== false
      ? { kind: 'found', tags: {}, ...one, value: new Secret(one.value) }
      : refused('secretDisabled');
  const azure = {
    vaults: {
      current: async () => {
        const { value, ...rest } = versions[0] ?? { value: '', version: '' };
        return { kind: 'found', tags: {}, ...rest, value: new Secret(value) };
      },
      readVersion: async (_: unknown, version: string) =>
        read(versions.find((one) => one.version === version)),
      versions: async () => ({ kind: 'listed', versions: shown }),
    },
    graph: { keys: async () => ({ kind: 'listed', keys }) },
    entra: {
      proveClientSecret: async ({ secret }: { secret: Secret }) => {
        asked.push(secret.reveal());
        return accepted.includes(secret.reveal()) ? { kind: 'proven' } : refused('clientSecretRefused');
      },
    },
  } as unknown as Azure;
  return { azure, asked };
}

async function inventory(
  credential: Credential,
  carried: readonly string[],
  ...[versions, keys, accepted]: Parameters<typeof azureWith>
): Promise<CredentialInventory & { readonly asked: readonly string[] }> {
  const { azure, asked } = azureWith(versions, keys, accepted);
  const found = await inventoryOf({ azure, strategies: STRATEGIES }, credential, carried);
  if ('kind' in found) throw new Error(JSON.stringify(found));
  return { ...found, asked };
}

const tagged = (version: string, keyId: string, value = `value-of-${keyId}`): Version => ({
  version,
  value,
  tags: { keyId },
  expiresOn: END,
});

describe('what runtimes may have had before', () => {
  it('is never another version of the same key', async () => {
    const versions = [tagged('v3', 'k2'), tagged('v2', 'k2'), tagged('v1', 'k1')];

    expect(await inventory(EXTERNAL, [], versions)).toMatchObject({
      current: { credentialId: 'k2', secretVersion: 'v3' },
      previous: { credentialId: 'k1', secretVersion: 'v1' },
    });
  });

  it('is looked up by the ids that they carry: one that can be read, else one that is closed', async () => {
    const versions = [
      tagged('v5', 'k5'),
      { ...tagged('v4', 'k1'), enabled: false },
      tagged('v3', 'k1'),
      { ...tagged('v2', 'k0'), enabled: false },
    ];
    const { carried } = await inventory(EXTERNAL, ['K1', 'k0', 'k5', 'unknown'], versions);

    expect(carried).toMatchObject([
      { credentialId: 'K1', secretVersion: 'v3' },
      { credentialId: 'k0', secretVersion: 'v2', closed: true },
    ]);
    expect(carried?.[0]).not.toHaveProperty('closed');
  });
});

describe('a key that the directory does not list', () => {
  const versions = [tagged('v1', 'k1')];

  it.each([
    { label: 'is there where Entra accepts its value', accepted: ['value-of-k1'], word: true },
    { label: 'is not where Entra refuses it', accepted: [], word: false },
  ])('$label', async ({ accepted, word }) => {
    const { current } = await inventory(GRAPH, [], versions, [{ keyId: 'k9', endsOn: END }], accepted);

    expect(current.accepted).toBe(word);
  });

  it('is the only one that Entra is asked about', async () => {
    const { asked, current } = await inventory(GRAPH, [], versions, [{ keyId: 'K1', endsOn: END }]);

    expect(asked).toEqual([]);
    expect(current).not.toHaveProperty('accepted');
  });
});

describe('a version that does not say which key it holds', () => {
  const versions = [{ version: 'v2', value: 'abc-value' }, tagged('v1', 'k1', 'abd-value')];
  const keys = (...hints: [string, string | undefined][]): ListedKey[] =>
    hints.map(([keyId, hint]) => ({ keyId, endsOn: END, ...(hint === undefined ? {} : { hint }) }));

  it.each([
    {
      label: 'holds the one that begins like it',
      listed: keys(['k2', 'abc'], ['k3', 'xyz']),
      expected: { found: { keyId: 'k2', recorded: false } },
    },
    {
      label: 'could hold any of those that begin like it',
      listed: keys(['k2', 'abc'], ['k3', 'abc'], ['k4', 'xyz']),
      expected: { couldBe: ['k2', 'k3'] },
    },
    {
      label: 'holds none that another version names',
      listed: keys(['k1', 'abc'], ['k2', 'abc']),
      expected: { found: { keyId: 'k2', recorded: false } },
    },
    {
      label: 'could hold those of which no beginning is shown',
      listed: keys(['k2', undefined], ['k3', undefined], ['k4', 'xyz']),
      expected: { couldBe: ['k2', 'k3'] },
    },
  ])('$label', async ({ listed, expected }) => {
    const { current, keys: shown, asked } = await inventory(GRAPH, [], versions, listed, ['abc-value']);

    expect(current).toMatchObject({ credentialId: 'v2', tagged: false, accepted: true, ...expected });
    expect(asked).toEqual(['abc-value']);
    expect(JSON.stringify({ current, shown })).not.toContain('abc');
  });

  it('holds the one that the app has noted, and keeps its id', async () => {
    const noted = [{ version: 'v2', value: 'abc-value', tags: { airlockKeyId: 'k7' }, expiresOn: END }];
    const { current } = await inventory(GRAPH, [], noted, keys(['k7', 'xyz']));

    expect(current).toMatchObject({ credentialId: 'v2', found: { keyId: 'k7', recorded: true } });
  });

  it('is the credential of the version before it where it has the same value', async () => {
    const again = [{ version: 'v2', value: 'same' }, tagged('v1', 'k1', 'same')];

    expect((await inventory(GRAPH, [], again, keys(['k1', 'sam']))).current).toMatchObject({
      credentialId: 'k1',
      secretVersion: 'v2',
      tagged: true,
    });
  });
});

describe('a credential that somebody else writes', () => {
  it.each([
    { label: 'is asked about where nobody says when it ends', version: {}, asked: ['value'] },
    { label: 'is not where it says so', version: { expiresOn: END }, asked: [] },
  ])('$label', async ({ version, asked }) => {
    const found = await inventory(
      EXTERNAL,
      [],
      [{ version: 'v1', value: 'value', ...version }],
      [],
      ['value'],
    );

    expect(found.asked).toEqual(asked);
    expect(found).not.toHaveProperty('keys');
  });
});
