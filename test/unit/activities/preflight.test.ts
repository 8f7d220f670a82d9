import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/activities/azure.js';
import { preflight } from '../../../src/activities/preflight/gatherPreflight.js';
import type { TokenClaims } from '../../../src/azure/tokenClaims.js';
import { checkConfiguration } from '../../../src/config/load.js';
import { STRATEGIES } from '../../../src/credentials/strategies.js';
import type { Profile } from '../../../src/domain/configuration/profile.js';
import type { Examiner } from '../../../src/domain/preflight/permissionRows.js';
import type { PreflightRow } from '../../../src/domain/preflight/report.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { factoryRows } from '../../../src/runtimes/data-factory/preflight.js';
import { KINDS } from '../../../src/runtimes/kinds.js';

const CONFIG = `version: 1
credentials:
  sp:
    tenantId: 7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31
    clientId: e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64
    secret: { vault: "https://ops-one.vault.azure.net", name: sp }
    rotation: { strategy: graph }
profiles:
  - name: sales
    runtimes: [{ subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg, factory: adf }]
    vault: https://air-one.vault.azure.net
    credential: sp
`;

const FACTORY = { subscription: 's', resourceGroup: 'rg', factory: 'adf' };
const REFUSED: CallFailure = {
  kind: 'refused',
  problem: { code: 'lookupRefused', message: 'Refused.', remedy: 'Grant it.' },
};
const LATER: CallFailure = { kind: 'retry', message: 'was throttled (429)' };
const APP: TokenClaims = {
  objectId: 'oid',
  clientId: 'cid',
  person: false,
  roles: ['Application.ReadWrite.OwnedBy'],
};

interface Answers {
  readonly claims?: TokenClaims | CallFailure;
  readonly permissions?: CallFailure;
  readonly vault?: CallFailure | { readonly usesRoles: boolean };
  readonly factories?: CallFailure;
  /** What the secret says of itself, and the keys of the application. */
  readonly says?: { readonly expiresOn?: string; readonly tags?: Record<string, string> };
  /** There is no such secret. */
  readonly missing?: true;
  readonly keys?: readonly { readonly keyId: string; readonly endsOn: string; readonly hint?: string }[];
}

const END = '2027-05-01T00:00:00.000Z';

/** An Azure where everything is there, but for what is given. */
function azureWith({
  claims = APP,
  permissions,
  vault = { usesRoles: true },
  factories,
  says = { expiresOn: END, tags: { keyId: 'key-1' } },
  keys = [{ keyId: 'key-1', endsOn: END }],
  missing,
}: Answers): Azure {
  const version = { version: '1', tags: {}, ...says };
  const all = { actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] };
  const fake = {
    ownAccess: {
      claims: async () => ('kind' in claims ? claims : { kind: 'answered', claims }),
      permissions: async () => permissions ?? { kind: 'answered', granted: [all] },
      vault: async () =>
        'kind' in vault
          ? vault
          : {
              kind: 'answered',
              vault: {
                id: '/v',
                usesRoles: vault.usesRoles,
                network: { closed: false, filtered: false, ranges: [] },
              },
            },
    },
    runtimes: {
      needs: (profiles: readonly Profile[], examiner: Examiner) =>
        factoryRows(profiles, {
          examiner,
          calls: {
            find: async () => factories ?? { kind: 'listed', found: [FACTORY] },
            listOne: async () => ({ kind: 'listed' }),
          },
        }),
      list: async () => ({ kind: 'listed', runtimes: [], complete: [] }),
    },
    vaults: {
      current: async () =>
        missing ? { kind: 'missing' } : { kind: 'found', value: new Secret('abc-value'), ...version },
      versions: async () => ({
        kind: 'listed',
        versions: [{ enabled: true, createdAt: 0, ...version }],
      }),
    },
    graph: {
      owners: async () => ({ kind: 'listed', ids: ['OID'] }),
      keys: async () => ({ kind: 'listed', keys }),
    },
    entra: { proveClientSecret: async () => ({ kind: 'proven' }) },
  };
  return fake as unknown as Azure;
}

async function rowsWith(answers: Answers, strategy = 'graph'): Promise<readonly PreflightRow[]> {
  const checked = checkConfiguration(CONFIG.replace('strategy: graph', `strategy: ${strategy}`), 'test.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { configuration } = checked;
  const report = await preflight({
    configuration: async () => configuration,
    azure: async () => azureWith(answers),
    kinds: KINDS,
    strategies: STRATEGIES,
  });
  if ('kind' in report) throw new Error(JSON.stringify(report));
  return report.rows;
}

const of = (rows: readonly PreflightRow[], what: string) => rows.find((row) => row.what === what);

describe('a preflight', () => {
  it('finds nothing missing where everything is there', async () => {
    const rows = await rowsWith({});
    expect(rows.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
  });

  it('tries what only reads where the permissions are not shown, and says of the rest that it is not seen', async () => {
    const rows = await rowsWith({ permissions: REFUSED });
    expect(of(rows, 'Microsoft.Authorization/permissions/read')?.status).toBe('missing');
    expect(of(rows, 'Microsoft.DataFactory/factories/integrationRuntimes/read')?.status).toBe('ok');
    expect(of(rows, 'getSecret sp')?.status).toBe('ok');
    expect(of(rows, 'setSecret sp')).toMatchObject({
      status: 'unknown',
      remedy: expect.stringContaining('az '),
    });
  });

  it('takes a service that does not answer for no lack of a permission', async () => {
    const rows = await rowsWith({ permissions: LATER, vault: LATER, factories: LATER });
    expect(rows.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(rows.filter(({ status }) => status === 'unknown').length).toBeGreaterThan(3);
  });

  it('does not take roles for granted in a vault on access policies', async () => {
    const rows = await rowsWith({ vault: { usesRoles: false } });
    expect(of(rows, 'roles decide on access')?.status).toBe('missing');
    expect(of(rows, 'setSecret sp')?.status).toBe('unknown');
  });

  it('gives the command for a secret that is not there: with end and key where it is a credential', async () => {
    const row = of(await rowsWith({ missing: true }), 'getSecret sp');

    expect(row?.status).toBe('missing');
    expect(row?.remedy).toMatch(
      /^az keyvault secret set --vault-name ops-one --name sp --value … --expires … --tags keyId=… /,
    );
  });

  it.each<[string, TokenClaims, PreflightRow['status'], PreflightRow['status']]>([
    ['a token that cannot be read', { objectId: 'oid', person: false }, 'unknown', 'ok'],
    ['a token without the permission', { ...APP, roles: [] }, 'missing', 'ok'],
    ['a token without an object id', { person: false, roles: APP.roles ?? [] }, 'ok', 'unknown'],
    ['a person', { ...APP, person: true, roles: [] }, 'unknown', 'ok'],
    ['somebody who owns nothing', { ...APP, objectId: 'other' }, 'ok', 'missing'],
  ])('reads Microsoft Graph from %s', async (_what, claims, permission, owner) => {
    const rows = await rowsWith({ claims });
    expect(of(rows, 'Application.ReadWrite.OwnedBy')?.status).toBe(permission);
    expect(of(rows, 'owner of the application')?.status).toBe(owner);
  });
});

describe('when a credential ends', () => {
  const NOTHING = { tags: {} };
  it.each([
    {
      label: 'is known by its tag',
      strategy: 'graph',
      more: { says: { tags: { keyId: 'key-1' } } },
      status: 'ok',
    },
    {
      label: 'is known where the beginning of its value tells the key',
      strategy: 'graph',
      more: {
        says: NOTHING,
        keys: [
          { keyId: 'key-7', endsOn: END, hint: 'abc' },
          { keyId: 'key-8', endsOn: END, hint: 'xyz' },
        ],
      },
      status: 'ok',
      words: 'key-7',
    },
    {
      label: 'is the first of several that it may hold, to be told apart by a tag',
      strategy: 'graph',
      more: {
        says: NOTHING,
        keys: [
          { keyId: 'key-7', endsOn: END, hint: 'abc' },
          { keyId: 'key-8', endsOn: END, hint: 'abc' },
        ],
      },
      status: 'unknown',
      words: 'key-7, key-8',
      command: '--tags airlockKeyId=',
    },
    {
      label: 'is not known where no key is alike',
      strategy: 'graph',
      more: { says: NOTHING, keys: [{ keyId: 'key-8', endsOn: END, hint: 'xyz' }] },
      status: 'missing',
      command: 'az keyvault secret set-attributes --vault-name ops-one --name sp --expires',
    },
    {
      label: 'is not known where somebody else writes it and does not say',
      strategy: 'external',
      more: { says: NOTHING },
      status: 'missing',
      command: 'az keyvault secret set-attributes --vault-name ops-one --name sp --expires',
    },
    { label: 'is known where somebody else says so', strategy: 'external', more: {}, status: 'ok' },
  ])('$label', async ({ strategy, more, status, words, command }) => {
    const row = of(await rowsWith(more, strategy), 'expiry of sp');

    expect(row?.status).toBe(status);
    if (words) expect(row?.note).toContain(words);
    if (command) expect(row?.remedy).toContain(command);
    expect(JSON.stringify(row)).not.toContain('abc');
  });
});
