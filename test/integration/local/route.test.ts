import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routeHttps } from '../../../local/net/route.js';
import { type Net, startNet } from './support.js';

let net: Net;
let endRoute: () => void;
let refused: string[];
beforeEach(async () => {
  net = await startNet(async () => ({ status: 200, body: 'answered' }));
  refused = [];
  endRoute = routeHttps({
    port: net.tlsPort,
    isKnown: net.isKnown,
    onRefused: (target) => void refused.push(target),
  });
});
afterEach(async () => {
  endRoute();
  await net.close();
});

/** The local port that the call came from. */
function get(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, ca: readFileSync(net.caFile) }, (response) => {
      const { localPort } = response.socket;
      response.resume().on('end', () => resolve(localPort));
    });
    call.on('error', reject).end();
  });
}

describe('the route of a process', () => {
  it('leads to the emulated hosts by their own names, on one connection', async () => {
    const agent = new Agent({ keepAlive: true });
    const first = await get('https://mine.vault.azure.net/secrets/one', agent);
    // The connection is free for the next call once this turn of the event loop is over.
    await new Promise(setImmediate);
    const second = await get('https://mine.vault.azure.net/secrets/two', agent);
    agent.destroy();

    expect(net.received.map(({ url }) => url.href)).toEqual([
      'https://mine.vault.azure.net/secrets/one',
      'https://mine.vault.azure.net/secrets/two',
    ]);
    expect(second).toBe(first);
  });

  it.each(['https://example.com/', 'https://mine.vault.azure.net:8443/'])('does not find %s', async (url) => {
    await expect(get(url, new Agent())).rejects.toMatchObject({ code: 'ENOTFOUND' });
    const { hostname, port } = new URL(url);
    expect(refused).toEqual([`${hostname}:${port || '443'}`]);
    expect(net.received).toEqual([]);
  });
});
