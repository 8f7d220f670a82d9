/** Starts the deployed app: what the package holds, with the settings and in the cloud that the deployment made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../../local/client.js';
import { firstRunOn, readRun, type ShownRun, startRun } from '../../../local/demo/follow.js';
import { openStore } from '../../../local/kernel/store.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { emptyState } from '../../../local/runner/state.js';
import { airflowRuntime } from '../../../local/sample/airflowRuntime.js';
import type { PreflightReport } from '../../../src/domain/preflight/report.js';
import type { Cloud } from '../cloud/cloud.js';
import { DEPLOYER, FACTORY, RESOURCE_GROUP, SUBSCRIPTION_ID } from '../cloud/names.js';
import { deliverToFunctions } from '../cloud/subscribe.js';
import type { RehearsalContext } from '../context.js';
import { writeFiles } from '../machine/files.js';

const RESOURCE_MANAGER = 'management.azure.com';
const RUNTIME = 'etl';
const RUNTIME_ID = `${SUBSCRIPTION_ID}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.DataFactory/factories/${FACTORY}/integrationRuntimes/${RUNTIME}`;
/** Long enough for all that follows from one request. */
const SECONDS = 12 * 3600;

/**
 * Its preflight finds nothing missing, and a runtime that somebody makes in the factory is enabled: the event reaches the
 * app. Gives what is wrong, a line each.
 */
export async function lookAtApp({ cloud, uploaded }: RehearsalContext): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-deployed-'));
  const state = join(folder, 'state');
  const app = join(folder, 'app');
  const log: string[] = [];
  let handle: LocalCloudHandle | undefined;
  try {
    writeFiles(app, uploaded);
    deliverToFunctions(cloud);
    await keep(cloud, state);
    const [site] = cloud.azure.deployments.resources().filter(({ type }) => type === 'Microsoft.Web/sites');
    handle = await launchLocalCloud({
      state,
      port: 0,
      clock: 'virtual',
      app: join(app, 'dist', 'main.js'),
      settings: cloud.azure.deployments.settingsOf(site?.id ?? ''),
      onLog: (line) => log.push(line),
    });
    const problems = [...(await preflight(handle.client)), ...(await enable(handle.client))];
    return problems.length === 0 ? [] : [...problems, ...log.slice(-5)];
  } finally {
    await handle?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the cloud into a state folder, from which a local cloud of its own process goes on. */
async function keep({ kernel, azure }: Cloud, folder: string): Promise<void> {
  const { clock, faults, ledger } = kernel;
  const take = () => ({
    cloud: { azure: azure.snapshot(), faults: faults.snapshot(), ledger: ledger.snapshot() },
    host: { clock: clock.snapshot(), functions: emptyState() },
  });
  const store = openStore(folder).keep(take, (error) => {
    throw error;
  });
  store.changed();
  await store.flush();
}

async function preflight(client: LocalClient): Promise<readonly string[]> {
  const id = await startRun(client, { action: 'preflight' });
  await client.run({ maxSeconds: SECONDS });
  const run = (await readRun(client, id)) as ShownRun & { readonly result?: PreflightReport };
  const missing = run.result?.rows.filter(({ status }) => status === 'missing') ?? [];
  if (run.outcome === 'prepared' && missing.length === 0) return [];
  return [
    `the preflight ended ${run.outcome ?? run.status}`,
    ...missing.map(({ what, where }) => `missing: ${what} on ${where}`),
  ];
}

async function enable(client: LocalClient): Promise<readonly string[]> {
  const token = await client.token(DEPLOYER);
  const call = { method: 'PUT', body: { properties: airflowRuntime({}) } };
  const path = `${RUNTIME_ID}?api-version=2018-06-01`;
  const { status, text } = await client.azure(RESOURCE_MANAGER, path, call, token);
  if (status >= 300) return [`the runtime could not be made: ${status} ${text}`];
  await client.run({ maxSeconds: SECONDS });
  const id = await firstRunOn(client, RUNTIME);
  if (id === undefined) return ['no event of a new runtime reached the app'];
  const { outcome, status: ended, problem } = await readRun(client, id);
  return outcome === 'enabled'
    ? []
    : [`the new runtime ended ${outcome ?? ended}: ${problem?.message ?? ''}`];
}
