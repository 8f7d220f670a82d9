/** The fleet of the year: twenty runtimes, two credentials, and what the people around it do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../../local/client.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { airflowRuntime } from '../../../local/sample/airflowRuntime.js';
import { OPERATOR_VAULT, runtimeId, TENANT, vaultHost, vaultId } from '../../../local/sample/names.js';
import { BEGIN } from '../begin.js';
import { AS_SHIPPED } from '../config.js';
import { ODD } from '../disturbances.js';
import { appears, BY_A_PERSON } from '../others.js';
import { callAsPerson } from '../person.js';
import { EXTERNAL, MINTED, PREFIXES, VALIDITY_DAYS, YEAR_CONFIG } from './config.js';

const DAY_MS = 24 * 3600_000;
const FLEET = { [PREFIXES.minted]: 10, [PREFIXES.windowed]: 5, [PREFIXES.external]: 5 };

/** A key that a person added. */
export interface Version {
  readonly keyId: string;
  readonly value: string;
  /** Milliseconds. */
  readonly endsOn: number;
}

export class World {
  readonly #names = new Set<string>();
  #numbers = 0;
  #lastLook = Date.parse(BEGIN);
  #odd: (() => Promise<unknown>)[] = [];
  #firstMinted: Version = { keyId: '', value: '', endsOn: 0 };

  private constructor(
    private readonly handle: LocalCloudHandle,
    private readonly folder: string,
    /** When the year began, milliseconds on the cloud's clock. */
    readonly begin: number,
  ) {}

  /** Launches the cloud, with its credentials written and its runtimes made; nothing is enabled yet. */
  static async open(): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'airlock-year-'));
    const config = join(folder, 'airlock.yaml');
    writeFileSync(config, YEAR_CONFIG);
    const handle = await launchLocalCloud({
      port: 0,
      clock: 'virtual',
      begin: BEGIN,
      config,
      settings: AS_SHIPPED,
    });
    const world = new World(handle, folder, Date.parse(BEGIN));
    const { client } = world;
    // The old processes answer as long as the restart takes.
    await client.setLifecycle({ oldProcessesShare: 1 });
    await client.addApplication({
      tenantId: TENANT,
      clientId: EXTERNAL.clientId,
      displayName: 'airflow-external',
    });
    await client.setRole({ principal: EXTERNAL.clientId, grant: true });
    for (const action of ['getSecret', 'readMetadata'] as const) {
      const permission = {
        kind: 'role',
        principal: 'app',
        plane: 'data',
        action: `Microsoft.KeyVault/vaults/secrets/${action}/action`,
        scope: `${vaultId(OPERATOR_VAULT)}/secrets/${EXTERNAL.secret}`,
      } as const;
      await client.setPermission(permission, true);
    }
    // Nothing of the sample environment's own credential is left.
    for (const { keyId } of await client.passwords(MINTED.clientId)) {
      await client.removePassword(MINTED.clientId, keyId);
    }
    // As the portal leaves it: the directory alone knows which key it is, and when it ends.
    world.#firstMinted = await world.mint(MINTED);
    await world.write(MINTED, { value: world.firstMinted.value });
    await world.writeVersion(EXTERNAL);
    for (const [prefix, count] of Object.entries(FLEET)) {
      for (let index = 0; index < count; index++)
        await world.create(prefix, index === 1 ? 'airflow' : 'Airflow');
    }
    return world;
  }

  get client(): LocalClient {
    return this.handle.client;
  }

  /** Names of the runtimes that are there. */
  names(prefix = ''): string[] {
    return [...this.#names].filter((name) => name.startsWith(prefix)).sort();
  }

  /** Those that have a credential. */
  having({ secret }: { readonly secret: string }): { readonly names: string[]; readonly ids: string[] } {
    const isExternal = (name: string) => name.startsWith(PREFIXES.external);
    const names = this.names().filter((name) => isExternal(name) === (secret === EXTERNAL.secret));
    return { names, ids: names.map((name) => runtimeId(name)) };
  }

  /** @param type as its list entry spells it */
  async create(prefix: string, type: 'Airflow' | 'airflow' = 'Airflow'): Promise<string> {
    this.#numbers += 1;
    const name = `${prefix}-${String(this.#numbers).padStart(3, '0')}`;
    await this.client.createRuntime({ name, properties: { ...airflowRuntime({}), type } });
    this.#names.add(name);
    return name;
  }

  /** A runtime that no profile has, with the minted credential. */
  async addOdd(by: keyof typeof ODD): Promise<void> {
    const odd = ODD[by];
    await appears(this.client, odd);
    this.#odd.push(() => this.client.deleteRuntime(odd.name, odd.factory, odd.resourceGroup));
  }

  get hasOdd(): boolean {
    return this.#odd.length > 0;
  }

  async removeOdd(): Promise<void> {
    for (const remove of this.#odd.splice(0)) await remove();
  }

  /** The version that the app began with, as a back-up still has it. */
  get firstMinted(): Version {
    return this.#firstMinted;
  }

  async remove(name: string): Promise<void> {
    this.#names.delete(name);
    await this.client.deleteRuntime(name);
  }

  /** A person adds a key. */
  async mint({ clientId }: { readonly clientId: string }): Promise<Version> {
    const endsOn = (await this.now()) + VALIDITY_DAYS * DAY_MS;
    const { keyId, value } = await this.client.addPassword(clientId, {
      displayName: BY_A_PERSON,
      endDateTime: new Date(endsOn).toISOString(),
    });
    return { keyId, value, endsOn };
  }

  /** A person writes a version; without its key's id and end, neither tag nor expiry has it. Gives the version. */
  async write(
    { secret }: { readonly secret: string },
    { value, keyId, endsOn }: Partial<Version> & { readonly value: string },
  ): Promise<string> {
    const { version } = await this.client.setSecret(OPERATOR_VAULT, secret, {
      value,
      ...(keyId === undefined ? {} : { tags: { keyId } }),
      ...(endsOn === undefined ? {} : { exp: Math.floor(endsOn / 1000) }),
    });
    return version;
  }

  /** A person gives a version its end, as the app's remedy says. */
  async setExpiry({ secret }: { readonly secret: string }, version: string, endsOn: number): Promise<void> {
    const token = await this.client.token('portalUser', 'https://vault.azure.net');
    const path = `/secrets/${secret}/${version}?api-version=7.5`;
    const body = { attributes: { exp: Math.floor(endsOn / 1000) } };
    const answer = await callAsPerson(
      this.client,
      vaultHost(OPERATOR_VAULT),
      path,
      { method: 'PATCH', body },
      token,
    );
    if (answer.status !== 200) throw new Error(`PATCH ${path}: ${answer.status} ${answer.text}`);
  }

  /** A person adds a key and writes it as the next version, as the documentation says. */
  async writeVersion(credential: { readonly clientId: string; readonly secret: string }): Promise<void> {
    await this.write(credential, await this.mint(credential));
  }

  /** The cloud's time, milliseconds. */
  async now(): Promise<number> {
    this.#lastLook = Date.parse((await this.client.clock()).now);
    return this.#lastLook;
  }

  /** When somebody last looked at the clock. */
  get lastLook(): number {
    return this.#lastLook;
  }

  async close(): Promise<void> {
    await this.handle.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
