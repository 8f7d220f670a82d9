import { createServer } from 'node:http';
import type { TokenCredential } from '@azure/core-auth';
import { describe, expect, it, vi } from 'vitest';
import { AirflowRestApi } from '../../../src/azure/airflow/restApi.js';
import { appIdentity } from '../../../src/azure/identity.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { signIn } from '../../../src/runtimes/data-factory/signIn.js';
import { tlsServers } from './tlsServer.js';

const listening = tlsServers();

/** An Airflow that lets nobody in without a token, and answers with this status who asks for one. */
function airflowWhoseTokensAre(status: number): Promise<string> {
  return listening((request, response) => {
    response.statusCode = request.url === '/auth/token' ? status : 401;
    response.setHeader('retry-after', '40');
    response.end('{"detail":"no"}');
  });
}

const nobody = async (): Promise<TokenCredential> => ({ getToken: async () => null });

function withPassword(webUrl: string): AirflowRestApi {
  const password = { vault: 'https://ops-one.vault.azure.net', name: 'web-password' };
  return new AirflowRestApi(
    {
      webUrl,
      signIn: signIn(CLOUDS.public),
      trustedOrigin: webUrl,
      login: { kind: 'password', userName: 'airlock', password },
      password: new Secret('pw'),
    },
    nobody,
  );
}

describe('a login at Airflow', () => {
  it.each([429, 500, 503])('whose token end point answers %i is tried again', async (status) => {
    const api = withPassword(await airflowWhoseTokensAre(status));

    expect(await api.dag('v2', 'airlock_check')).toMatchObject({ kind: 'retry', afterSeconds: 40 });
  });

  it('whose token end point refuses it is a refusal', async () => {
    const api = withPassword(await airflowWhoseTokensAre(401));

    expect(await api.dag('v2', 'airlock_check')).toMatchObject({
      kind: 'refused',
      problem: { code: 'airflowUnauthorized' },
    });
  });

  it('for which the identity answers 503 is tried again', { timeout: 60_000 }, async () => {
    let asked = 0;
    const identities = createServer((_request, response) => {
      asked += 1;
      response.statusCode = 503;
      response.end('{"error":"temporarily_unavailable"}');
    });
    await new Promise<void>((resolve) => identities.listen(0, '127.0.0.1', resolve));
    const address = identities.address();
    vi.stubEnv(
      'IDENTITY_ENDPOINT',
      `http://localhost:${typeof address === 'object' ? address?.port : ''}/msi/token`,
    );
    vi.stubEnv('IDENTITY_HEADER', 'x');
    const webUrl = await airflowWhoseTokensAre(401);
    const login = { kind: 'entra', scope: 'x/.default' } as const;
    const api = new AirflowRestApi(
      { webUrl, signIn: signIn(CLOUDS.public), trustedOrigin: webUrl, login },
      appIdentity(undefined),
    );
    try {
      expect(await api.dag('v1', 'airlock_check')).toMatchObject({ kind: 'retry' });
      expect(asked).toBeGreaterThan(0);
    } finally {
      identities.close();
    }
  });
});
