import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { callThroughSdk, type Net, startNet } from './support.js';

let net: Net;
afterEach(() => net.close());

const HOST = 'https://airlock-ops.vault.azure.net';

it("serves the SDKs' pipeline under a real host name, found by the environment alone", async () => {
  net = await startNet(async ({ method, host, url, headers, body }) => ({
    status: 200,
    headers: { 'x-ms-request-id': 'r-1' },
    body: {
      method,
      host,
      path: url.pathname,
      query: url.search,
      type: headers['content-type'],
      body: `${body}`,
    },
  }));
  const [put, again] = await callThroughSdk(net, [
    { url: `${HOST}/secrets/a?x=1`, method: 'PUT', body: '{"é":1}', headers: { 'content-type': 'text/x' } },
    { url: `${HOST}/secrets/b` },
  ]);
  expect(put).toMatchObject({ status: 200, headers: { 'x-ms-request-id': 'r-1' } });
  expect(JSON.parse(put?.body ?? '')).toEqual({
    method: 'PUT',
    host: 'airlock-ops.vault.azure.net',
    path: '/secrets/a',
    query: '?x=1',
    type: 'text/x',
    body: '{"é":1}',
  });
  expect(again?.status).toBe(200);
});

it('writes one line in the ledger for each call', async () => {
  net = await startNet(async ({ url }) => ({ status: url.pathname === '/gone' ? 404 : 204 }));
  await callThroughSdk(net, [
    { url: `${HOST}/here`, headers: { 'x-caller': 'app' } },
    { url: `${HOST}/gone` },
  ]);
  const call = { service: 'vault', operation: 'secrets.get' };
  expect(net.kernel.ledger.entries()).toMatchObject([
    { n: 1, ...call, caller: 'app', subject: '/here', status: 204, detail: { method: 'GET', path: '/here' } },
    { n: 2, ...call, subject: '/gone', status: 404 },
  ]);
});

it('refuses a path with a malformed escape, as http.sys does, and hands on what is well-formed', async () => {
  net = await startNet(async () => ({ status: 200, body: 'done' }));
  const answers = await callThroughSdk(
    net,
    ['/secrets/%zz', '/secrets/%', '/secrets/%E0%A4', '/secrets/%41%C3%A9'].map((path) => ({
      url: HOST + path,
    })),
  );

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 200]);
  expect(answers[0]?.body).toContain('The request URL is invalid');
  expect(net.received.map(({ url }) => url.pathname)).toEqual(['/secrets/%41%C3%A9']);
  expect(net.logs).toEqual([]);
});

it('answers with what a fault says, and cuts the connection before or after the effect', async () => {
  net = await startNet(async () => ({ status: 200, body: 'done' }));
  const { faults, ledger } = net.kernel;
  faults.add({
    match: { path: '/throttled' },
    action: { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
  });
  faults.add({ match: { path: '/dropped' }, action: { kind: 'drop' } });
  faults.add({ match: { path: '/lost' }, action: { kind: 'lostResponse' } });
  const outcomes = await callThroughSdk(
    net,
    ['/throttled', '/dropped', '/lost', '/fine'].map((path) => ({ url: HOST + path })),
  );
  expect(outcomes[0]).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  expect(outcomes[1]?.error).toMatch(/ECONNRESET|socket hang up/);
  expect(outcomes[2]?.error).toMatch(/ECONNRESET|socket hang up/);
  expect(outcomes[3]).toMatchObject({ status: 200, body: 'done' });
  expect(net.received.map(({ url }) => url.pathname)).toEqual(['/lost', '/fine']);
  expect(ledger.entries().map(({ status, detail }) => [status, detail?.['fault']])).toEqual([
    [429, 'status'],
    [undefined, 'drop'],
    [200, 'lostResponse'],
    [200, undefined],
  ]);
});

it("holds an answer back on the local cloud's clock, and time can be run meanwhile", async () => {
  net = await startNet(async () => ({ status: 200 }), 'virtual');
  const { clock, faults } = net.kernel;
  faults.add({ match: {}, action: { kind: 'delay', seconds: 3600 } });
  const before = clock.now();
  // As an activity does: the call is work under way.
  const call = clock.busy(() => callThroughSdk(net, [{ url: `${HOST}/slow` }]));
  clock.schedule(before + 1000, () => {});
  await clock.run();
  expect((await call)[0]?.status).toBe(200);
  expect(clock.now()).toBe(before + 3600_000);
});

it('says that a service threw, and goes on', async () => {
  net = await startNet(async () => {
    throw new Error('a defect');
  });
  const [first, second] = await callThroughSdk(net, [{ url: HOST }, { url: HOST }]);
  expect([first?.status, second?.status]).toEqual([500, 500]);
  expect(net.logs.filter((line) => line.includes('DEFECT') && line.includes('a defect'))).toHaveLength(2);
});

it('refuses a body of more than 4 MB, and serves one of 4 MB', async () => {
  net = await startNet(async ({ body }) => ({ status: 200, body: String(body.length) }));
  const limit = 4 * 1024 * 1024;
  const send = async (size: number) => {
    const [outcome] = await callInProcess(net, '/', 'x'.repeat(size));
    return outcome;
  };
  expect(await send(limit)).toEqual([200, String(limit)]);
  expect((await send(limit + 1))?.[0]).toBe(413);
  expect(net.received).toHaveLength(1);
});

it('refuses hosts that nobody plays, other ports, and plain http, and says so', async () => {
  net = await startNet(async () => ({ status: 200 }));
  const statusOf = (target: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(net.port, '127.0.0.1', () => socket.write(`CONNECT ${target} HTTP/1.1\r\n\r\n`));
      socket.once('data', (data) => {
        resolve(data.toString().slice(9, 12));
        socket.destroy();
      });
      socket.once('error', reject);
    });
  expect(await statusOf('example.com:443')).toBe('502');
  expect(await statusOf('vault.azure.net:443')).toBe('502');
  expect(await statusOf('a.vault.azure.net:80')).toBe('502');
  expect(await statusOf('a.vault.azure.net.example.com:443')).toBe('502');
  expect(await statusOf('A.VAULT.AZURE.NET:443')).toBe('200');
  const plain = await new Promise<number | undefined>((resolve, reject) => {
    request({ port: net.port, host: '127.0.0.1', path: 'http://a.vault.azure.net/' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(plain).toBe(502);
  expect(net.logs).toHaveLength(5);
  expect(net.logs[0]).toBe('refused example.com:443');
});

it('shows a certificate for exactly the host that was asked for, signed by the CA', async () => {
  net = await startNet(async () => ({ status: 200 }));
  const ca = new X509Certificate(readFileSync(net.caFile));
  const server = await serverCertificate(net, 'airlock-ops.vault.azure.net');
  expect(ca.ca).toBe(true);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.subjectAltName).toBe('DNS:airlock-ops.vault.azure.net');
  expect(server.checkHost('other.vault.azure.net')).toBeUndefined();
});

it('makes its CA once for each folder', async () => {
  const { openCertificateAuthority } = await import('../../../local/net/ca.js');
  net = await startNet(async () => ({ status: 200 }));
  const folder = net.caFile.replace(/ca\.pem$/, '');
  expect(openCertificateAuthority(folder).certificate).toBe(readFileSync(net.caFile, 'utf8'));
});

/** Opens a tunnel and speaks HTTP in it by hand. */
async function tunnel(to: Net, host: string) {
  const socket = connect(to.port, '127.0.0.1', () => socket.write(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`));
  await new Promise((resolve) => socket.once('data', resolve));
  const tls = connectTls({ socket, servername: host, ca: readFileSync(to.caFile) });
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject));
  return tls;
}

async function serverCertificate(from: Net, host: string): Promise<X509Certificate> {
  const tls = await tunnel(from, host);
  const certificate = tls.getPeerX509Certificate();
  tls.destroy();
  if (!certificate) throw new Error('The server showed no certificate.');
  return certificate;
}

async function callInProcess(to: Net, path: string, body: string): Promise<[number, string][]> {
  const tls = await tunnel(to, 'a.vault.azure.net');
  const head = `PUT ${path} HTTP/1.1\r\nhost: a.vault.azure.net\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  const chunks: Buffer[] = [];
  tls.on('data', (chunk: Buffer) => chunks.push(chunk));
  tls.write(head + body);
  await new Promise((resolve) => tls.once('end', resolve));
  const text = Buffer.concat(chunks).toString();
  return [[Number(text.slice(9, 12)), text.split('\r\n\r\n')[1] ?? '']];
}
