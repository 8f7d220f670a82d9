/**
 * The plain way to move a fleet to another credential, for comparison: a script that walks the runtimes one by one,
 * writes the settings, waits until the runtime is ready again and looks whether access works. It asks when the update
 * should be over and then every minute, which is as good as such a script can be.
 */
import type { LocalClient } from '../local/client.js';
import { fleetFactory } from '../local/sample/fleet.js';
import { runtimeId } from '../local/sample/names.js';

const RESOURCE_MANAGER = 'management.azure.com';
const ASK_SECONDS = 60;

export interface PlainFleet {
  readonly factories: number;
  readonly runtimes: number;
  readonly updateSeconds: number;
  readonly checkSeconds: number;
}

/** Walks a seeded fleet. Gives the seconds of the local cloud's clock from the first write to the last check. */
export async function walkFleet(client: LocalClient, fleet: PlainFleet): Promise<number> {
  const began = Date.parse((await client.clock()).now);
  for (let index = 0; index < fleet.runtimes; index++) {
    const name = `airflow-${String(index + 1).padStart(4, '0')}`;
    await moveOne(client, runtimeId(name, fleetFactory(index % fleet.factories)), fleet);
  }
  return (Date.parse((await client.clock()).now) - began) / 1000;
}

interface RuntimeBody {
  readonly etag: string;
  readonly properties: {
    readonly state: string;
    readonly typeProperties: { airflowProperties: { airflowEnvironmentVariables: Record<string, string> } };
  };
}

async function moveOne(client: LocalClient, id: string, fleet: PlainFleet): Promise<void> {
  const path = `${id}?api-version=2018-06-01`;
  const token = await client.token();
  const read = async (): Promise<RuntimeBody> => {
    const answer = await client.azure(RESOURCE_MANAGER, path, {}, token);
    if (answer.status !== 200) throw new Error(`GET ${id}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as RuntimeBody;
  };
  const { etag, properties } = await read();
  properties.typeProperties.airflowProperties.airflowEnvironmentVariables['AIRLOCK_CREDENTIAL_ID'] = 'next';
  const written = await client.azure(
    RESOURCE_MANAGER,
    path,
    { method: 'PUT', headers: { 'if-match': etag }, body: { properties } },
    token,
  );
  if (written.status !== 200) throw new Error(`PUT ${id}: ${written.status} ${written.text}`);
  await client.advance(fleet.updateSeconds);
  while ((await read()).properties.state !== 'Started') await client.advance(ASK_SECONDS);
  await client.advance(fleet.checkSeconds);
}
