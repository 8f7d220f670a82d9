/**
 * Joins a runtime of the emulated Data Factory and a real Airflow: whenever the runtime starts or restarts, the
 * Airflow does, with the environment that the runtime's settings say, and it answers under the runtime's host name.
 */
import type { LocalClient } from '../../local/client.js';
import { runtimeId } from '../../local/sample/names.js';
import { processSettings } from '../../local/services/resourceManager/airflowProperties.js';
import type { Watched } from './follow.js';
import { pause } from './groups.js';
import type { RealAirflow, Role, Settings } from './realAirflow.js';

const LOOK_EVERY_MS = 200;

/**
 * How a restart goes: `inOrder` lets all processes end in order, `killed` does not, `readersKilled` restarts only those
 * that read the vault, and `schedulerLate` leaves the scheduler to be started by somebody else.
 */
export type RestartMode = 'inOrder' | 'killed' | 'readersKilled' | 'schedulerLate';

export class RuntimeBridge implements Watched {
  /** How the next restart goes. */
  restartMode: RestartMode = 'inOrder';
  #closed = false;
  #failure: unknown;
  readonly #watching: Promise<void>;

  private constructor(
    private readonly client: LocalClient,
    readonly name: string,
    readonly airflow: RealAirflow,
    private readonly note: (line: string) => void,
  ) {
    this.#watching = this.#watch().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Before the runtime is created. */
  static async open(
    client: LocalClient,
    name: string,
    airflow: RealAirflow,
    note: (line: string) => void,
  ): Promise<RuntimeBridge> {
    await client.setLifecycle({ startSeconds: 0, outcome: 'never' }, name);
    await client.setAirflow(name, { answeredBy: airflow.origin });
    return new RuntimeBridge(client, name, airflow, note);
  }

  /** Throws what went wrong in the background. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The body of the runtime, as a person in the portal reads it. */
  async properties(): Promise<Record<string, unknown>> {
    const token = await this.client.token();
    const path = `${runtimeId(this.name)}?api-version=2018-06-01`;
    const answer = await this.client.azure('management.azure.com', path, {}, token);
    return (answer.json() as { properties: Record<string, unknown> }).properties;
  }

  /** The environment that the runtime's settings make. */
  async settings(): Promise<Settings> {
    return processSettings(await this.properties()).environment;
  }

  /** Whether the runtime has started, and not begun to change since. */
  async isStarted(): Promise<boolean> {
    this.check();
    return (await this.#state()) === 'Started';
  }

  async isIdle(): Promise<boolean> {
    return (await this.isStarted()) && (await this.airflow.isIdle());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#watching;
    await this.airflow.kill();
  }

  async #state(): Promise<string | undefined> {
    return (await this.client.runtimes()).find(({ name }) => name === this.name)?.state;
  }

  async #watch(): Promise<void> {
    while (!this.#closed) {
      const state = await this.#state();
      // Nobody has a DAG run in a runtime that has just been created: its web server is enough.
      if (state === 'Initial') await this.#restart('killed', ['web']);
      if (state === 'Starting') await this.#restart(this.restartMode);
      await pause(LOOK_EVERY_MS);
    }
  }

  async #restart(restartMode: RestartMode, roles?: readonly Role[]): Promise<void> {
    const began = performance.now();
    const settings = await this.settings();
    if (restartMode === 'inOrder') await this.airflow.stop();
    else await this.airflow.kill(restartMode === 'readersKilled' ? this.airflow.readers : undefined);
    this.airflow.start(settings, restartMode === 'schedulerLate' ? ['web', 'dags'] : roles);
    const answers = await this.airflow.answers();
    await this.client.endStart(this.name, 'started');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.note(answers ? `Airflow has started in ${seconds} s` : `Airflow does not start (${seconds} s)`);
  }
}
