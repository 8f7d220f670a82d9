/** The deployed app on a local cloud of its own, in virtual time: what the end-to-end tests share. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LocalClient, NewRuntime } from '../../../local/client.js';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { type LaunchOptions, type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { projectFile } from '../../../local/project.js';
import { FACTORY, PRINCIPALS, RESOURCE_GROUP, SUBSCRIPTION } from '../../../local/sample/names.js';
import type { AirflowPatch } from '../../../local/services/airflow/state.js';
import { canBeShared, leaseCloud } from './cloudPool.js';

export interface TestCloud {
  readonly client: LocalClient;
  readonly handle: LocalCloudHandle;
  /** What the app and the local cloud wrote to stderr. */
  readonly log: string[];
}

/** Updates take a minute here: enough to be waited for, few enough polls to be quick. */
const START_SECONDS = 60;

/** The sample environment's configuration with short limits: a failure that is waited for ends sooner. */
export function impatientConfig(): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8');
  return `${sample.trimEnd()}\n    limits: { changeableMinutes: 12, readyMinutes: 12, checkMinutes: 12, pollSeconds: 60 }\n`;
}

export interface StartOptions extends LaunchOptions {
  /** Another configuration than the sample environment's. */
  readonly configText?: string;
  /** In a process that nobody has used: for what depends on how fast code runs that has not run before. */
  readonly own?: boolean;
}

/** Starts a local cloud, in a process that an earlier test has left where that makes no difference. */
export async function startCloud(options: StartOptions = {}): Promise<TestCloud> {
  const { configText, own = false, ...rest } = options;
  const launch: LaunchOptions = {
    port: 0,
    clock: 'virtual',
    runtimeStartSeconds: START_SECONDS,
    ...(configText === undefined ? {} : { config: configFile(configText) }),
    ...rest,
  };
  if (!own && canBeShared(launch)) return leaseCloud(launch);
  const log: string[] = [];
  const handle = await launchLocalCloud({ ...launch, onLog: (line) => log.push(line) });
  return { client: handle.client, handle, log };
}

/** Configurations that this process has written to files: the same text is the same file. */
const configFiles = new Map<string, string>();
process.once('exit', () => {
  for (const file of configFiles.values()) rmSync(file, { force: true });
});

export function configFile(text: string): string {
  const known = configFiles.get(text);
  if (known !== undefined) return known;
  const file = join(tmpdir(), `airlock-test-${process.pid}-${configFiles.size}.yaml`);
  writeFileSync(file, text);
  configFiles.set(text, file);
  return file;
}

export function runtimeId(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.DataFactory/factories/${FACTORY}/integrationRuntimes/${name}`;
}

/** Runs on a runtime, oldest first. */
export async function runsOn(client: LocalClient, name: string): Promise<ShownRun[]> {
  const answer = await client.functions(`/api/runs?top=200&target=${encodeURIComponent(runtimeId(name))}`);
  const { runs } = (await answer.json()) as { runs: ShownRun[] };
  return runs.reverse();
}

/** Lets everything happen that is going to; returns the runtime's first run, whole. */
export async function settle(client: LocalClient, name: string): Promise<ShownRun> {
  await client.run({ maxSeconds: 12 * 3600 });
  const [first] = await runsOn(client, name);
  if (!first) throw new Error(`No run on ${name}.`);
  return readRun(client, first.id);
}

/** Creates a runtime as the portal does, sets how its Airflow behaves, and lets the app do its work. */
export async function enable(
  { client }: TestCloud,
  runtime: NewRuntime,
  airflow?: AirflowPatch,
): Promise<ShownRun> {
  await client.createRuntime(runtime);
  if (airflow) await client.setAirflow(runtime.name, airflow);
  return settle(client, runtime.name);
}

/** Starts a run by request and lets it end. */
export async function request(
  client: LocalClient,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export async function requestRun(client: LocalClient, body: object): Promise<ShownRun> {
  const answer = await request(client, body);
  if (answer.status !== 202) throw new Error(`POST /api/runs: ${answer.status} ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  await client.run({ maxSeconds: 12 * 3600 });
  return readRun(client, id);
}

/** No run may keep a runtime after its end: a new one begins at once. */
export async function expectReleased({ client }: TestCloud, name: string): Promise<void> {
  const next = await requestRun(client, { action: 'check', runtime: runtimeId(name) });
  expect(next.outcome).not.toBe('busy');
}

/** The write event that Azure raises for a runtime. */
export function writeEvent(name: string, id: string, type = 'Microsoft.Resources.ResourceWriteSuccess') {
  const resourceUri = runtimeId(name).replace('integrationRuntimes', 'integrationruntimes');
  const operation = type.includes('Delete') ? 'delete' : 'write';
  return {
    id,
    topic: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}`,
    subject: resourceUri,
    eventType: type,
    eventTime: '2026-11-23T12:00:00.0000000Z',
    data: {
      resourceUri,
      operationName: `Microsoft.DataFactory/factories/integrationruntimes/${operation}`,
      resourceProvider: 'Microsoft.DataFactory',
      status: 'Succeeded',
      subscriptionId: SUBSCRIPTION,
      correlationId: 'c0ffee00-0000-0000-0000-000000000000',
    },
    dataVersion: '2',
    metadataVersion: '1',
  };
}

/** Calls of the app to Resource Manager about a runtime. */
export async function armCalls(
  client: LocalClient,
  name: string,
): Promise<{ reads: number; writes: number }> {
  const own = (await client.ledger({ service: 'arm', caller: APP })).filter(
    ({ subject, status }) => status !== undefined && subject?.toLowerCase().endsWith(`/${name}`),
  );
  return {
    reads: own.filter(({ operation }) => operation === 'integrationRuntimes.get').length,
    writes: own.filter(({ operation }) => operation === 'integrationRuntimes.createOrUpdate').length,
  };
}

/** Client id of the app's identity in the sample environment. */
const APP = PRINCIPALS.app;
