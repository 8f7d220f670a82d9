import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TokenCredential } from '@azure/core-auth';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCertificateAuthority } from '../../../local/net/ca.js';
import { AirflowRestApi } from '../../../src/azure/airflow/restApi.js';
import { Entra } from '../../../src/azure/entra.js';
import { EventTopicPublisher } from '../../../src/azure/eventTopic.js';
import { Graph } from '../../../src/azure/graph.js';
import { appIdentity } from '../../../src/azure/identity.js';
import { Vaults } from '../../../src/azure/keyVault.js';
import { OwnAccess } from '../../../src/azure/ownAccess.js';
import { REQUEST_TIMEOUT_MS } from '../../../src/azure/timeout.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { DataFactoryRuntimes } from '../../../src/runtimes/data-factory/dataFactory.js';
import { ResourcePattern } from '../../../src/runtimes/data-factory/pattern.js';
import { runtimeIdOf } from '../../../src/runtimes/data-factory/resourceId.js';
import { signIn } from '../../../src/runtimes/data-factory/signIn.js';
import { bodyOf, snapshotOf } from '../domain/settings/bodies.js';

const GUID = '11111111-1111-1111-1111-111111111111';
const NAMES = { subscription: GUID, resourceGroup: 'rg', factory: 'adf-sales', name: 'etl' };
const RUNTIME = runtimeIdOf(NAMES);
const MANAGED_IDENTITIES = 'the endpoint of managed identities';
const ENTRA = 'Entra';

const identity = async (): Promise<TokenCredential> => ({
  getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
});

/** Calls of the app, by service, with the origin that they go to. */
const CALLS: Readonly<Record<string, (origin: string) => Promise<{ readonly kind: string }>>> = {
  [MANAGED_IDENTITIES]: (origin) => {
    vi.stubEnv('IDENTITY_ENDPOINT', `${origin}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'x');
    return new Graph(CLOUDS.public, appIdentity(undefined)).keys(GUID);
  },
  // The library of identities asks hosts of its own, too: it is reached by way of a proxy.
  [ENTRA]: (origin) => {
    vi.stubEnv('HTTPS_PROXY', origin);
    return new Entra(CLOUDS.public).proveClientSecret({
      tenantId: GUID,
      clientId: GUID,
      secret: new Secret('x'),
    });
  },
  'Resource Manager, reading': (origin) =>
    new DataFactoryRuntimes({ ...CLOUDS.public, resourceManager: origin }, identity).read(RUNTIME),
  'Resource Manager, writing': (origin) =>
    new DataFactoryRuntimes({ ...CLOUDS.public, resourceManager: origin }, identity).apply(
      RUNTIME,
      snapshotOf(bodyOf({})),
      { settings: {}, hiddenValues: {} },
    ),
  'Resource Manager, listing': (origin) =>
    new DataFactoryRuntimes({ ...CLOUDS.public, resourceManager: origin }, identity).list(
      new ResourcePattern(NAMES),
    ),
  'Resource Manager, permissions': (origin) =>
    new OwnAccess({ ...CLOUDS.public, resourceManager: origin }, identity).permissions('/subscriptions/x'),
  'Microsoft Graph': (origin) => new Graph({ ...CLOUDS.public, graph: origin }, identity).keys(GUID),
  'Key Vault': (origin) => new Vaults(identity).current({ vault: origin, name: 'x' }),
  'Key Vault, listing': (origin) => new Vaults(identity).versions({ vault: origin, name: 'x' }),
  Airflow: (origin) =>
    new AirflowRestApi(
      {
        webUrl: origin,
        signIn: signIn(CLOUDS.public),
        trustedOrigin: origin,
        login: { kind: 'entra', scope: 'x/.default' },
      },
      identity,
    ).dag('v1', 'airlock_access_check'),
  'the Event Grid topic': (origin) =>
    new EventTopicPublisher({ url: `${origin}/api/events`, schema: 'cloudEvents' }, identity).publish({
      id: 'x',
      type: 'x',
      subject: 'x',
      time: new Date(0),
      data: {},
    }),
};

const state = mkdtempSync(join(tmpdir(), 'airlock-deadlines-'));
const authority = openCertificateAuthority(state);
const sockets = new Set<Socket>();
const servers: Server[] = [];
let identityPort = 0;

type Scheme = 'http' | 'https';

/** Listens, and forgets nobody: what is open at the end of a test is closed there. */
async function listening(server: Server, scheme: Scheme, port = 0): Promise<string> {
  const asked = (socket: Socket): void => {
    sockets.add(socket.on('error', () => undefined));
    setTimeout(() => deadline.abort(), LITTLE_MS);
  };
  servers.push(server.on('connection', asked));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return `${scheme}://localhost:${typeof address === 'object' ? address?.port : ''}`;
}

function begins(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.write(gzipSync('{}').subarray(0, 10));
}

function beginning(scheme: Scheme): Server {
  const tls = createHttpsServer(
    { SNICallback: (name, done) => done(null, authority.contextFor(name)) },
    begins,
  );
  if (scheme === 'https') return tls;
  return createHttpServer(begins).on('connect', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tls.emit('connection', socket);
  });
}

/** Services that do not answer, as far as they get. */
const SILENT: Readonly<Record<string, (scheme: Scheme) => Server>> = {
  'takes the connection and says nothing': () => createServer((socket) => socket.resume()),
  'begins an answer and does not end it': beginning,
};

/** Ends the time that the calls have: a little after a service was asked, whatever the machine does beside. */
let deadline: AbortController;
const LITTLE_MS = 100;
/** Whoever takes so long hangs for ever. */
const HANGS_MS = 30_000;

beforeEach(() => {
  deadline = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => deadline.signal);
  // Who answers is nobody's concern here, and a process that runs trusts no further authority.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.length = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => {
  rmSync(state, { recursive: true });
});

describe('a service that never answers', () => {
  for (const [how, make] of Object.entries(SILENT)) {
    it.each(Object.entries(CALLS))(
      `${how}: %s is given up, and is a retry`,
      async (service, call) => {
        const scheme = service === MANAGED_IDENTITIES || service === ENTRA ? 'http' : 'https';
        // The library of identities keeps the endpoint that it saw first.
        const origin = await listening(
          make(scheme),
          scheme,
          service === MANAGED_IDENTITIES ? identityPort : 0,
        );
        if (service === MANAGED_IDENTITIES) identityPort = Number(new URL(origin).port);

        expect(await call(origin)).toMatchObject({ kind: 'retry' });
        // It was asked: what failed sooner would be no answer either.
        expect(sockets.size).toBeGreaterThan(0);
      },
      HANGS_MS,
    );
  }

  it('is given up while the function that asks still has time', () => {
    const { functionTimeout } = JSON.parse(readFileSync('host.json', 'utf8')) as { functionTimeout: string };
    const [hours = 0, minutes = 0, seconds = 0] = functionTimeout.split(':').map(Number);

    // A token takes up to three requests of the library of identities, a vault is asked for its tenant first.
    expect(REQUEST_TIMEOUT_MS * 5).toBeLessThan((hours * 3600 + minutes * 60 + seconds) * 1000);
  });
});
