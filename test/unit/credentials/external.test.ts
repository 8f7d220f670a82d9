import { describe, expect, it } from 'vitest';
import { EXTERNAL } from '../../../src/credentials/external/strategy.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { CREDENTIAL, PROFILE } from '../domain/settings/bodies.js';
import { MemoryAccess } from '../doubles/memoryAccess.js';
import { MemoryGraph } from '../doubles/memoryGraph.js';

const { credential } = PROFILE;

async function connected() {
  const graph = new MemoryGraph();
  const ownAccess = new MemoryAccess();
  return { graph, ownAccess, issuer: await EXTERNAL.connect({ graph, ownAccess }) };
}

describe('a credential that somebody else makes', () => {
  it('needs nothing of a directory, and asks for nothing', async () => {
    const { graph, ownAccess, issuer } = await connected();
    const looker = { grantee: { person: false }, cloud: CLOUDS.public };

    expect(EXTERNAL).toMatchObject({ mints: false, listsKeys: false });
    expect(issuer.mint).toBeUndefined();
    expect(await issuer.needs([credential], looker)).toEqual([]);
    expect([...graph.calls.made, ...ownAccess.calls.made]).toEqual([]);
  });

  it('ends when its version says so', () => {
    expect(EXTERNAL.describeEnd(credential, { ...CREDENTIAL, tagged: false, since: 0 })).toEqual({
      status: 'ok',
    });
  });

  it('loses the key that the app made before somebody else did', async () => {
    const { graph, issuer } = await connected();
    graph.put(credential.clientId, 'left-over', 'value');

    expect(await issuer.list(credential)).toMatchObject({ keys: [{ keyId: 'left-over' }] });
    expect(await issuer.remove(credential, 'left-over')).toEqual({ kind: 'removed' });
    expect(graph.application(credential.clientId).keys).toEqual([]);
  });
});
