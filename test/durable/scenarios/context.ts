/** What scenarios work with: the app's own API, a person at the portal, faults, and kills of the C# host. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { readRun, type ShownRun, startRun } from '../../../local/demo/follow.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  runtimeId,
  vaultHost,
} from '../../../local/sample/names.js';
import type { RotationResult } from '../../../src/domain/runs/rotations.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import type { ExtensionCloud } from '../setup/launch.js';

/** A run as the API shows it. */
export type RunDetails = ShownRun & {
  readonly result?: Partial<
    Pick<RotationResult, 'from' | 'to' | 'counts' | 'debts' | 'stragglers'> & Pick<SweepResult, 'credentials'>
  >;
  readonly waitingFor?: { readonly gate: string; readonly until: string };
  readonly otherRunId?: string;
};

const STATS = z.looseObject({
  jobHosts: z.array(z.object({ pid: z.number().nullable(), starts: z.number() })),
  instances: z.array(z.object({ instanceId: z.string(), name: z.string() })),
  episodes: z.object({ forced: z.number(), missed: z.number(), twice: z.number() }),
});

const ENDED = ['completed', 'failed', 'cancelled'];
/** Nothing takes so long, with every kill and every wait for what is invisible. */
const DEADLINE_MS = 40 * 60_000;
const LOOK_EVERY_MS = 2_000;
/** How long a runtime starts. */
export const START_SECONDS = 5;
/**
 * How long one that is made does: longer than until the app's first look, also on a busy machine. What has never run waits
 * for no window.
 */
const FIRST_START_SECONDS = 60;
/** Between two kills, so that the host that is started meanwhile has begun to work. */
const SETTLED_MS = 5_000;

export class ScenarioContext {
  #kills = 0;
  readonly #made = new Set<string>();
  #firstList: Promise<unknown> | undefined;
  readonly #deadline = Date.now() + DEADLINE_MS;

  /** @param unlisted see `DurableScenario` */
  constructor(
    readonly cloud: ExtensionCloud,
    private readonly unlisted = false,
  ) {}

  get client() {
    return this.cloud.client;
  }

  /** How often a C# host was killed. */
  get kills(): number {
    return this.#kills;
  }

  /** Asks again until there is an answer; what fails meanwhile (a host that was killed) is asked again, too. */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    let failed: unknown;
    for (;;) {
      try {
        const answer = await ask();
        if (answer !== undefined) return answer;
      } catch (error) {
        failed = error;
      }
      if (Date.now() > this.#deadline) throw new Error(`Still no ${what}.`, { cause: failed });
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Starts a run over the app's API; gives its id. */
  start(body: object): Promise<string> {
    return this.until('answer to POST /api/runs', () => startRun(this.client, body));
  }

  /** Follows a run to its end; `each` may interfere after each look. */
  async ended(
    id: string,
    each: (run: RunDetails) => Promise<void> = async () => undefined,
  ): Promise<RunDetails> {
    return this.until(`end of ${id}`, async () => {
      const run: RunDetails = await readRun(this.client, id);
      if (ENDED.includes(run.status)) return run;
      await each(run);
      return undefined;
    });
  }

  async startedAndEnded(body: object, each?: (run: RunDetails) => Promise<void>): Promise<RunDetails> {
    return this.ended(await this.start(body), each);
  }

  /** Runs of the newest first, all of them or those on one runtime. */
  runs(name?: string): Promise<readonly RunDetails[]> {
    return this.#runs(name === undefined ? undefined : runtimeId(name));
  }

  /** Rotations, the newest first. */
  rotations(): Promise<readonly RunDetails[]> {
    return this.#runs(ROTATE.credential);
  }

  async #runs(target?: string): Promise<readonly RunDetails[]> {
    const about = target === undefined ? '' : `&target=${encodeURIComponent(target)}`;
    const answer = await this.client.functions(`/api/runs?top=200${about}`);
    if (!answer.ok) throw new Error(`GET /api/runs answered ${answer.status}`);
    return ((await answer.json()) as { runs: readonly RunDetails[] }).runs;
  }

  /** A person creates a runtime in the portal, or sets it up anew. */
  async create(name: string, airflowProperties: object = {}): Promise<void> {
    // What it does not show is new, however late the app hears of it: also where its host is killed meanwhile.
    if (!this.unlisted) this.#firstList ??= this.startedAndEnded({ action: 'sweep' });
    await this.#firstList;
    if (!this.#made.has(name)) await this.client.setLifecycle({ startSeconds: FIRST_START_SECONDS }, name);
    const { status } = await this.client.createRuntime({ name, airflowProperties });
    await this.client.setLifecycle({ startSeconds: START_SECONDS }, name);
    this.#made.add(name);
    if (status !== 200) throw new Error(`The portal's PUT of ${name} answered ${status}.`);
  }

  /** Creates a runtime and follows the run that its event starts. */
  async enable(name: string, each?: (run: RunDetails) => Promise<void>): Promise<RunDetails> {
    await this.create(name);
    return this.ended(await this.firstRun(name), each);
  }

  /** Creates runtimes and waits until all are enabled. Throws where one is not. */
  async enableAll(names: readonly string[]): Promise<void> {
    const runs = await Promise.all(names.map((name) => this.enable(name)));
    const others = runs.filter(({ outcome }) => outcome !== 'enabled');
    if (others.length > 0) throw new Error(`Not enabled: ${others.map(({ id }) => id).join(', ')}.`);
    await this.quiet();
  }

  /** The id of the first run on a runtime. */
  firstRun(name: string): Promise<string> {
    return this.until(`run on ${name}`, async () => (await this.runs(name)).at(-1)?.id);
  }

  /** No run is under way, and no event on its way: what an app's own write starts has ended, too. */
  quiet(): Promise<true> {
    return this.until('end of all runs', async () => {
      const runs = await this.runs();
      const published = await this.client.ledger({ service: 'arm', operation: 'runtime.updated' });
      const delivered = await this.client.ledger({ service: 'eventGrid', operation: 'events.delivered' });
      const delivery = delivered.filter(({ subject = '' }) => /integrationruntimes/i.test(subject)).length;
      const awaits = await this.client.subscriptions();
      const heard = delivery >= published.length || awaits.length < 2;
      return heard && runs.every(({ status }) => ENDED.includes(status)) ? true : undefined;
    });
  }

  /** From now on nobody tells the app of what happens to runtimes. */
  async unsubscribe(): Promise<void> {
    for (const { name } of await this.client.subscriptions()) await this.client.unsubscribe(name);
  }

  /** The worker is gone where this function is invoked, as often as `times` says, after `skip` that pass. */
  async workerGone(point: string, subject: string, { times = 1, skip = 0 } = {}): Promise<void> {
    await this.client.addFault({
      match: { service: 'host', operation: point, subject },
      action: { kind: 'workerGone' },
      times,
      skip,
    });
  }

  /** Episodes of this orchestration are run by two hosts, as often as `times` says, after `skip` that are not. */
  async episodesTwice(orchestration: string, { times = 1, skip = 0 } = {}): Promise<void> {
    await this.client.addFault({
      match: { service: 'host', operation: 'after-dispatch', subject: ` ${orchestration}` },
      action: { kind: 'duplicate' },
      times,
      skip,
    });
  }

  /** The id of the instance that an orchestration of this name has, as soon as there is one that is wanted. */
  instance(name: string, wanted: (id: string) => boolean): Promise<string> {
    return this.until(`instance of ${name}`, async () => {
      const { instances } = await this.stats();
      return instances.find((one) => one.name === name && wanted(one.instanceId))?.instanceId;
    });
  }

  /** Somebody terminates an instance over the durable extension's own API. Throws where it had ended before. */
  async terminate(instanceId: string): Promise<void> {
    await this.#byHand(instanceId, 'terminate', 'reason=by-hand&');
  }

  /** Somebody raises an event to an instance there. Throws where it had ended before. */
  async raise(instanceId: string, event: string): Promise<void> {
    await this.#byHand(instanceId, `raiseEvent/${event}`);
  }

  async #byHand(instanceId: string, what: string, query = ''): Promise<void> {
    const path = `/runtime/webhooks/durabletask/instances/${encodeURIComponent(instanceId)}/${what}`;
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: '{}' };
    const { status } = await this.client.functions(
      `${path}?${query}code=${this.cloud.ready.systemKey}`,
      request,
    );
    if (status !== 202) throw new Error(`${what} of ${instanceId} was answered ${status}.`);
  }

  /** `kill -9` of a C# host; resolves when another one is ready in its place. */
  async killHost(): Promise<void> {
    const [victim] = (await this.stats()).jobHosts.filter(({ pid }) => pid !== null);
    if (victim?.pid == null) return;
    process.kill(victim.pid, 'SIGKILL');
    this.#kills += 1;
    await this.until('C# host after a kill', async () => {
      const { jobHosts } = await this.stats();
      return jobHosts.every(({ pid }) => pid !== null && pid !== victim.pid) ? true : undefined;
    });
    await pause(SETTLED_MS);
  }

  async stats(): Promise<z.infer<typeof STATS>> {
    return STATS.parse(await this.client.stats());
  }

  async post(path: string, body: object = {}): Promise<number> {
    const answer = await this.client.functions(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  /** Ids of the client secrets that the directory holds for Airflow's principal. */
  async keys(): Promise<readonly string[]> {
    return (await this.client.passwords('airflow')).map(({ keyId }) => keyId);
  }

  /** The credential ids that the settings of all runtimes name. */
  async markers(): Promise<readonly (string | null)[]> {
    return (await this.client.runtimes()).map(({ marker }) => marker);
  }

  /** The values of the secrets that the vaults hold, in every version. */
  async secretValues(): Promise<readonly string[]> {
    const token = await this.client.token('portalUser', 'https://vault.azure.net');
    const read = async (host: string, path: string) =>
      JSON.parse((await this.client.azure(host, `${path}?api-version=7.4`, {}, token)).text) as {
        value?: unknown;
      };
    const values: string[] = [];
    for (const vault of [OPERATOR_VAULT, AIRFLOW_VAULT].map(vaultHost)) {
      for (const id of idsOf((await read(vault, '/secrets')).value)) {
        const { pathname } = new URL(id);
        for (const version of idsOf((await read(vault, `${pathname}/versions`)).value)) {
          const { value } = await read(vault, new URL(version).pathname);
          if (typeof value === 'string') values.push(value);
        }
      }
    }
    return values;
  }
}

function idsOf(list: unknown): readonly string[] {
  return z
    .array(z.looseObject({ id: z.string() }))
    .parse(list)
    .map(({ id }) => id);
}

/** How a run ended, with the code of its problem where that says more. */
export function outcomeOf({ outcome, status, problem }: RunDetails): string {
  const parts = [outcome ?? status, problem?.code].filter((part) => part !== undefined);
  return [...new Set(parts)].join(' ');
}

/** The request for a rotation of the sample environment's credential. */
export const ROTATE = { action: 'rotate', credential: CREDENTIAL_SECRET, force: true };
