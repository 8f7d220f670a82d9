import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalClient } from '../../../local/client.js';
import { runtimeId } from '../../../local/sample/names.js';
import { callAsPerson } from '../../faults/person.js';
import { buildStub, stubClouds } from './stub.js';

let client: LocalClient;
let main: string;
const clouds = stubClouds(() => main);

beforeAll(async () => {
  main = await buildStub('person');
  ({ client } = await clouds.launch({ clock: 'virtual' }));
  await client.createRuntime({ name: 'etl' });
  await client.run();
});
afterAll(() => clouds.cleanUp());
afterEach(() => client.clearFaults());

/** Reads the runtime; gives the answer's status and the seconds that passed. */
async function read(): Promise<{ readonly status: number; readonly seconds: number }> {
  const token = await client.token();
  const began = Date.parse((await client.clock()).now);
  const path = `${runtimeId('etl')}?api-version=2018-06-01`;
  const { status } = await callAsPerson(client, 'management.azure.com', path, {}, token);
  return { status, seconds: (Date.parse((await client.clock()).now) - began) / 1000 };
}

describe('a call of a person', () => {
  it('is answered at once where nothing delays it', async () => {
    const { status, seconds } = await read();

    expect(status).toBe(200);
    expect(seconds).toBeLessThan(1);
  });

  it('is answered once the time of a delay has passed, which nobody else has to move', async () => {
    await client.addFault({ match: { service: 'arm' }, action: { kind: 'delay', seconds: 234 }, times: 1 });
    const { status, seconds } = await read();

    expect(status).toBe(200);
    expect(seconds).toBeGreaterThanOrEqual(234);
  });

  it('fails where a fault drops it', async () => {
    await client.addFault({ match: { service: 'arm' }, action: { kind: 'drop' }, times: 1 });

    await expect(read()).rejects.toThrow();
  });
});
