/** A local cloud with three runtimes, of which the process may die and the app may start anew. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../local/client.js';
import type { LaunchOptions, LocalCloudHandle } from '../../local/launch.js';
import { BEGIN } from './begin.js';
import { type Variant, withWindowsOn } from './config.js';
import { LIFECYCLE } from './disturbances.js';

/** How a local cloud is to be had. */
export type Launch = (options: LaunchOptions) => Promise<LocalCloudHandle>;

export class RestartableCloud {
  private constructor(
    private handle: LocalCloudHandle,
    private readonly variant: Variant,
    /** Folder of a cloud that survives kills; absent: nothing is kept. */
    private readonly state: string | undefined,
    private readonly config: string,
    private readonly launch: Launch,
  ) {}

  /** @param persistent it survives kills */
  static async open(variant: Variant, persistent: boolean, launch: Launch): Promise<RestartableCloud> {
    const config = join(mkdtempSync(join(tmpdir(), 'airlock-faults-')), 'airlock.yaml');
    writeFileSync(config, variant.config);
    const state = persistent ? mkdtempSync(join(tmpdir(), 'airlock-faults-state-')) : undefined;
    const handle = await launch(optionsOf(variant, config, state));
    return new RestartableCloud(handle, variant, state, config, launch);
  }

  get client(): LocalClient {
    return this.handle.client;
  }

  /** Lets time pass; a process that a fault killed is started again on what was kept. */
  async pass(seconds: number): Promise<void> {
    try {
      const before = Date.parse((await this.client.clock()).now);
      const { idle } = await this.client.run({ maxSeconds: seconds });
      const now = Date.parse((await this.client.clock()).now);
      // Nothing but schedules is left: they do not make time pass by themselves.
      if (idle) await this.client.advance(Math.max(0, seconds - (now - before) / 1000));
    } catch (error) {
      if (this.state === undefined) throw error;
      await this.handle.exit;
      this.handle = await this.launch(optionsOf(this.variant, this.config, this.state));
    }
  }

  /** The app starts anew with another configuration. */
  async moveWindow(day: string, beforeItStops: () => Promise<void>): Promise<void> {
    if (this.state === undefined) return;
    await beforeItStops();
    await this.handle.stop();
    writeFileSync(this.config, withWindowsOn(day));
    this.handle = await this.launch(optionsOf(this.variant, this.config, this.state));
  }

  async close(): Promise<void> {
    await this.handle.stop();
    rmSync(join(this.config, '..'), { recursive: true, force: true });
    if (this.state !== undefined) rmSync(this.state, { recursive: true, force: true });
  }
}

function optionsOf(variant: Variant, config: string, state: string | undefined): LaunchOptions {
  return {
    port: 0,
    clock: 'virtual',
    begin: BEGIN,
    runtimeStartSeconds: LIFECYCLE.startSeconds,
    config,
    ...(variant.settings === undefined ? {} : { settings: variant.settings }),
    ...(state === undefined ? {} : { state }),
  };
}
