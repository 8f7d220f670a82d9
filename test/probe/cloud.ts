/** A host that is a local cloud with the probe app, on its own runner or on the real extension. */
import type { LocalCloudHandle } from '../../local/launch.js';
import { projectFile } from '../../local/project.js';
import type { GonePoint, HostAccess, HostSettings } from './host.js';

export const PROBE_APP = projectFile('test', 'probe', 'app', 'main.mjs');

export type ProbeCloudHandle = Pick<LocalCloudHandle, 'client' | 'ready' | 'stop'>;

/** Starts clouds one after the other on one state; `pass` lets so many milliseconds of a cloud's time go by. */
export interface ProbeCloudKind {
  launch(settings: HostSettings): Promise<ProbeCloudHandle>;
  pass(cloud: ProbeCloudHandle, ms: number): Promise<unknown>;
  /** Where a function that takes long would hold the cloud's time back. */
  slowActivity?(cloud: ProbeCloudHandle, id: string, seconds: number): Promise<unknown>;
  /** Removes the state. */
  remove?(): void;
}

export class ProbeCloud implements HostAccess {
  #running: ProbeCloudHandle | undefined;

  readonly slowActivity?: (id: string, seconds: number) => Promise<void>;

  constructor(private readonly kind: ProbeCloudKind) {
    const { slowActivity } = kind;
    if (slowActivity === undefined) return;
    this.slowActivity = async (id, seconds) => {
      await slowActivity(this.#cloud, id, seconds);
    };
  }

  get functions(): string {
    return this.#cloud.ready.functions;
  }

  get systemKey(): string {
    return this.#cloud.ready.systemKey;
  }

  async pass(ms: number): Promise<void> {
    await this.kind.pass(this.#cloud, ms);
  }

  async workerGone(point: GonePoint, functionName: string): Promise<void> {
    // Of an entity some hosts tell the id alone, which has the name in small letters.
    const subject = point.endsWith('entity') ? `@${functionName.toLowerCase()}@` : functionName;
    const match = { service: 'host', operation: point, subject };
    await this.#cloud.client.addFault({ match, action: { kind: 'workerGone' }, times: 1 });
  }

  async start(settings: HostSettings): Promise<void> {
    await this.#running?.stop();
    this.#running = await this.kind.launch(settings);
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
    this.kind.remove?.();
  }

  get #cloud(): ProbeCloudHandle {
    if (this.#running === undefined) throw new Error('The host has not been started.');
    return this.#running;
  }
}
