/** One release of Airflow behind one runtime of a local cloud, with the app in it: what the cases work on. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstRunOn, type ShownRun, startRun } from '../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, runtimeId, vaultHost } from '../../local/sample/names.js';
import { asRecord } from '../../local/services/resourceManager/airflowProperties.js';
import { AirflowProxy } from './airflowProxy.js';
import type { Cloud } from './cloud.js';
import { type FollowOptions, followRun, type Note } from './follow.js';
import { until } from './groups.js';
import type { Installed } from './install.js';
import { RealAirflow } from './realAirflow.js';
import { type RestartMode, RuntimeBridge } from './runtimeBridge.js';
import { proxyEnvironment, WEB_LOGIN } from './settings.js';

export class RuntimeFixture {
  private constructor(
    readonly cloud: Cloud,
    readonly proxy: AirflowProxy,
    readonly bridge: RuntimeBridge,
    readonly note: Note,
  ) {}

  /** Prepares the Airflow; the runtime is not created yet. */
  static async open(cloud: Cloud, installed: Installed, note: Note, name = 'real'): Promise<RuntimeFixture> {
    const { ready, client } = cloud.handle;
    const folder = join(cloud.folder, name);
    mkdirSync(folder);
    const proxy = await AirflowProxy.open(ready.proxy);
    const airflow = await RealAirflow.prepare(installed, folder, proxyEnvironment(proxy.url, ready.ca));
    return new RuntimeFixture(cloud, proxy, await RuntimeBridge.open(client, name, airflow, note), note);
  }

  get client() {
    return this.cloud.client;
  }

  get airflow(): RealAirflow {
    return this.bridge.airflow;
  }

  get runtime(): string {
    return runtimeId(this.bridge.name);
  }

  async close(): Promise<void> {
    await this.bridge.close();
    await this.proxy.close();
  }

  /** Creates the runtime as the portal does; its event starts the app's run, which is followed to its end. */
  async create(options?: FollowOptions): Promise<ShownRun> {
    const { airflow } = this.airflow.installed.release;
    await this.client.createRuntime({
      name: this.bridge.name,
      airflowProperties: { airflowVersion: airflow, enableAADIntegration: false, ...WEB_LOGIN },
    });
    const id = await until('run on the runtime', () => firstRunOn(this.client, this.bridge.name), 60);
    return this.follow(id, options);
  }

  /** Asks the app for something and follows the run to its end. */
  async request(action: 'check' | 'enable', options?: FollowOptions): Promise<ShownRun> {
    return this.follow(await startRun(this.client, { action, runtime: this.runtime }), options);
  }

  /** Lets time pass until a run has ended, and shows its steps. */
  follow(id: string, options?: FollowOptions): Promise<ShownRun> {
    return followRun(this.client, id, this.note, [this.bridge], options);
  }

  /** Changes the runtime as a person in the portal does (null removes a setting) and waits for the restart. */
  async change(
    environment: Readonly<Record<string, string | null>>,
    restartMode: RestartMode = 'readersKilled',
  ): Promise<void> {
    this.bridge.restartMode = restartMode;
    const properties = await this.bridge.properties();
    const typeProperties = asRecord(properties['typeProperties']);
    const airflow = asRecord(typeProperties['airflowProperties']);
    const before = asRecord(airflow['airflowEnvironmentVariables']);
    const after = Object.entries({ ...before, ...environment }).filter(([, value]) => value !== null);
    const answer = await this.client.createRuntime({
      name: this.bridge.name,
      properties: {
        ...properties,
        typeProperties: {
          ...typeProperties,
          airflowProperties: {
            ...airflow,
            airflowEnvironmentVariables: Object.fromEntries(after),
            password: WEB_LOGIN.password,
          },
        },
      },
    });
    if (answer.status !== 200) throw new Error(`The write was answered with ${answer.status}.`);
    await this.started();
  }

  /** Waits until the runtime has started. */
  async started(): Promise<void> {
    await until('start of the runtime', async () => (await this.bridge.isStarted()) || undefined, 120);
  }

  /** Removes the client secret in Entra; gives what puts it back. */
  async removeCredential(): Promise<() => Promise<void>> {
    const value = await this.#clientSecret();
    for (const { keyId } of await this.client.passwords('airflow')) {
      await this.client.removePassword('airflow', keyId);
    }
    return async () => {
      await this.client.addPassword('airflow', { value });
    };
  }

  async #clientSecret(): Promise<string> {
    const token = await this.client.token('portalUser', 'https://vault.azure.net');
    const path = `/secrets/${CREDENTIAL_SECRET}?api-version=7.4`;
    const answer = await this.client.azure(vaultHost(OPERATOR_VAULT), path, {}, token);
    return (answer.json() as { value: string }).value;
  }
}
