import { describe, expect, it } from 'vitest';
import { refused } from '../../../src/azure/failures.js';
import { GRAPH } from '../../../src/credentials/graph/strategy.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import type { ProblemCode } from '../../../src/domain/problems/catalogue.js';
import type { KnownVersion } from '../../../src/domain/rotation/inventory.js';
import { CREDENTIAL, PROFILE } from '../domain/settings/bodies.js';
import { RETRY } from '../doubles/calls.js';
import { MemoryAccess } from '../doubles/memoryAccess.js';
import { MemoryGraph } from '../doubles/memoryGraph.js';

const { credential } = PROFILE;
const ENDS_ON = '2027-05-22T12:00:00.000Z';
const LOOKER = { grantee: { person: false, objectId: 'object-of-the-app' }, cloud: CLOUDS.public };

async function connected() {
  const graph = new MemoryGraph();
  const ownAccess = new MemoryAccess();
  return { graph, ownAccess, issuer: await GRAPH.connect({ graph, ownAccess }) };
}

describe('client secrets of an application', () => {
  it('are added, listed with the beginning of their value, and removed', async () => {
    const { graph, issuer } = await connected();
    const minted = await issuer.mint?.(credential, { displayName: 'label', endsOn: ENDS_ON });

    expect(minted).toMatchObject({ kind: 'minted', keyId: 'minted-1', endsOn: ENDS_ON });
    expect(await issuer.list(credential)).toEqual({
      kind: 'listed',
      keys: [{ keyId: 'minted-1', displayName: 'label', endsOn: ENDS_ON, hint: 'm1~' }],
    });
    expect(await issuer.remove(credential, 'MINTED-1')).toEqual({ kind: 'removed' });
    expect(graph.application(credential.clientId).keys).toEqual([]);
  });

  it('are asked for again where the directory is busy', async () => {
    const { graph, issuer } = await connected();
    graph.calls.faults.addKey = 'busy';

    expect(await issuer.mint?.(credential, { displayName: 'label', endsOn: ENDS_ON })).toMatchObject(RETRY);
  });

  it('may be made by somebody else where a policy forbids them, and there alone', async () => {
    const { graph, issuer } = await connected();
    const refusedWith = async (code: ProblemCode) => {
      graph.addKey = async () => refused(code, 'No.', 'See.');
      return issuer.mint?.(credential, { displayName: 'label', endsOn: ENDS_ON });
    };

    expect(await refusedWith('credentialPolicy')).toMatchObject({
      problem: { code: 'credentialPolicy', remedy: expect.stringMatching(/^See\. Or set .+ external /) },
    });
    expect(await refusedWith('graphForbidden')).toMatchObject({ problem: { remedy: 'See.' } });
  });

  it('need the permission and the ownership, each application once', async () => {
    const { graph, ownAccess, issuer } = await connected();
    const needs = () => issuer.needs([credential, { ...credential, name: 'twin' }], LOOKER);
    const states = async () => (await needs()).map(({ status }) => status);

    expect(await states()).toEqual(['ok', 'missing']);
    graph.application(credential.clientId).owners.push('OBJECT-of-the-app');
    expect(await states()).toEqual(['ok', 'ok']);
    ownAccess.who = { ...ownAccess.who, roles: [] };
    expect(await needs()).toMatchObject([{ status: 'missing', remedy: expect.any(String) }, {}]);
  });
});

describe('the end of a version', () => {
  const version = (more: Partial<KnownVersion>): KnownVersion => ({
    ...CREDENTIAL,
    tagged: false,
    since: 0,
    ...more,
  });

  it.each<{ label: string; more: Partial<KnownVersion>; status: string; note?: string }>([
    { label: 'that names its key', more: { tagged: true }, status: 'ok' },
    {
      label: 'whose key was found',
      more: { found: { keyId: 'key-7', recorded: false } },
      status: 'ok',
      note: 'key-7',
    },
    { label: 'of several keys', more: { couldBe: ['a', 'b'] }, status: 'unknown', note: 'a, b' },
    { label: 'of no key that is known', more: {}, status: 'unknown', note: 'only its own expiry' },
  ])('$label is $status', ({ more, status, note }) => {
    const described = GRAPH.describeEnd(credential, version(more));

    expect(described.status).toBe(status);
    if (note !== undefined) expect(described.note).toContain(note);
    expect(described.remedy !== undefined).toBe(status === 'unknown');
  });
});
