/** The fleet of the year: twenty runtimes, two credentials, and what the people around it do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../../local/client.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { OPERATOR_VAULT, runtimeId, TENANT, vaultId } from '../../../local/scenario/names.js';
import { EVERY_SIX_HOURS } from '../config.js';
import { BY_A_PERSON } from '../others.js';
import { EXTERNAL, MINTED, PREFIXES, VALIDITY_DAYS, YEAR_CONFIG } from './config.js';

const DAY_MS = 24 * 3600_000;
const FLEET = { [PREFIXES.minted]: 10, [PREFIXES.windowed]: 5, [PREFIXES.external]: 5 };
const BEGIN = '2027-01-04T06:00:00Z';

export class World {
  readonly #names = new Set<string>();
  #numbers = 0;
  #lastLook = Date.parse(BEGIN);

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
      settings: EVERY_SIX_HOURS,
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
    // Nothing of the scenario's own credential is left.
    for (const { keyId } of await client.passwords(MINTED.clientId)) {
      await client.removePassword(MINTED.clientId, keyId);
    }
    for (const credential of [MINTED, EXTERNAL]) await world.writeVersion(credential);
    for (const [prefix, count] of Object.entries(FLEET)) {
      for (let index = 0; index < count; index++) await world.create(prefix);
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

  /** Resource ids of those that have a credential. */
  having({ secret }: { readonly secret: string }): string[] {
    const isExternal = (name: string) => name.startsWith(PREFIXES.external);
    return this.names()
      .filter((name) => isExternal(name) === (secret === EXTERNAL.secret))
      .map((name) => runtimeId(name));
  }

  async create(prefix: string): Promise<string> {
    this.#numbers += 1;
    const name = `${prefix}-${String(this.#numbers).padStart(3, '0')}`;
    await this.client.createRuntime({ name });
    this.#names.add(name);
    return name;
  }

  async remove(name: string): Promise<void> {
    this.#names.delete(name);
    await this.client.deleteRuntime(name);
  }

  /** A person adds a key and writes it as the next version, as the documentation says. */
  async writeVersion({
    clientId,
    secret,
  }: {
    readonly clientId: string;
    readonly secret: string;
  }): Promise<void> {
    const endsOn = (await this.now()) + VALIDITY_DAYS * DAY_MS;
    const { keyId, value } = await this.client.addPassword(clientId, {
      displayName: BY_A_PERSON,
      endDateTime: new Date(endsOn).toISOString(),
    });
    await this.client.setSecret(OPERATOR_VAULT, secret, {
      value,
      tags: { keyId },
      exp: Math.floor(endsOn / 1000),
    });
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
