/** Services that answer over TLS, as the app demands it, under a certificate of the tests' own authority. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, vi } from 'vitest';
import { openCertificateAuthority } from '../../../local/net/ca.js';

/** To be called once in a file; gives what starts a server, which ends with its test, and says its origin. */
export function tlsServers(): (answer: RequestListener) => Promise<string> {
  const state = mkdtempSync(join(tmpdir(), 'airlock-tls-'));
  const authority = openCertificateAuthority(state);
  const servers: Server[] = [];
  beforeEach(() => {
    // Who answers is nobody's concern here, and a process that runs trusts no further authority.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    vi.unstubAllEnvs();
  });
  afterAll(() => {
    rmSync(state, { recursive: true });
  });
  return async (answer) => {
    const server = createServer(
      { SNICallback: (name, done) => done(null, authority.contextFor(name)) },
      answer,
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `https://localhost:${typeof address === 'object' ? address?.port : ''}`;
  };
}
