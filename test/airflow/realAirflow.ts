/** One real Apache Airflow on 127.0.0.1: its folder, its processes, and its REST API as a person would call it. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { closeServer, listen } from '../../local/net/proxy.js';
import { projectFile } from '../../local/project.js';
import { Group, until } from './groups.js';
import type { Installed } from './install.js';
import { isAirflow3 } from './releases.js';
import { type Place, processEnvironment, WEB_LOGIN } from './settings.js';

export type Settings = Readonly<Record<string, string>>;

/** `web` is the web server of Airflow 2 and the API server of Airflow 3; `dags` is there in Airflow 3 only. */
export type Role = 'web' | 'scheduler' | 'dags';

interface SchedulerHealth {
  readonly status?: string | null;
  readonly latest_scheduler_heartbeat?: string | null;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Throws where the body is no JSON. */
  json(): unknown;
}

const COMMANDS: Readonly<Record<'airflow2' | 'airflow3', readonly (readonly [Role, ...string[]])[]>> = {
  airflow2: [
    ['web', 'webserver'],
    ['scheduler', 'scheduler', '--skip-serve-logs'],
  ],
  airflow3: [
    ['web', 'api-server'],
    ['scheduler', 'scheduler', '--skip-serve-logs'],
    ['dags', 'dag-processor'],
  ],
};

/** A slow machine takes half a minute; four times that is a failure. */
const START_SECONDS = 120;

export class RealAirflow {
  readonly #place: Place;
  readonly #groups = new Map<Role, Group>();
  #token: string | undefined;

  private constructor(
    readonly installed: Installed,
    place: Place,
    private readonly proxyEnvironment: Settings,
  ) {
    this.#place = place;
  }

  /** Makes its folder: a migrated database, the check DAG, and the DAGs beside this file. */
  static async prepare(
    installed: Installed,
    folder: string,
    proxyEnvironment: Settings,
  ): Promise<RealAirflow> {
    const home = join(folder, 'home');
    const database = join(folder, 'airflow.db');
    mkdirSync(join(home, 'dags'), { recursive: true });
    copyFileSync(installed.database, database);
    const { userName, password } = WEB_LOGIN;
    writeFileSync(join(home, 'passwords.json'), JSON.stringify({ [userName]: password }), { mode: 0o600 });
    const place = {
      release: installed.release,
      bin: installed.bin,
      home,
      database,
      port: await freePort(),
    };
    const airflow = new RealAirflow(installed, place, proxyEnvironment);
    airflow.deploy('airlock_check.py', checkDag());
    const more = projectFile('test', 'airflow', 'dags');
    for (const file of readdirSync(more)) airflow.deploy(file, readFileSync(join(more, file), 'utf8'));
    return airflow;
  }

  /** Origin of its web server. */
  get origin(): string {
    return `http://127.0.0.1:${this.#place.port}`;
  }

  /** Where its DAGs lie. */
  get dags(): string {
    return join(this.#place.home, 'dags');
  }

  get isAirflow3(): boolean {
    return isAirflow3(this.installed.release);
  }

  /** The processes that read the vault for a task: workers inherit from the scheduler, and Airflow 3's ask the API server. */
  get readers(): readonly Role[] {
    return this.isAirflow3 ? ['web', 'scheduler'] : ['scheduler'];
  }

  /** Path of its REST API. */
  get api(): string {
    return this.isAirflow3 ? '/api/v2' : '/api/v1';
  }

  /** Puts a file into its DAG folder. */
  deploy(file: string, text: string): void {
    writeFileSync(join(this.#place.home, 'dags', file), text);
  }

  /** Starts those of its processes that do not run, or of some, with the platform's environment and these settings. */
  start(settings: Settings, roles?: readonly Role[]): void {
    const { home, bin } = this.#place;
    const environment = { ...processEnvironment(this.#place), ...settings, ...this.proxyEnvironment };
    // A web server that was killed leaves a file behind that would keep the next one from starting.
    for (const file of readdirSync(home)) if (file.endsWith('.pid')) rmSync(join(home, file));
    for (const [role, ...args] of COMMANDS[this.isAirflow3 ? 'airflow3' : 'airflow2']) {
      if (this.#groups.has(role) || roles?.includes(role) === false) continue;
      const log = join(home, `${role}.log`);
      this.#groups.set(role, Group.start(join(bin, 'airflow'), args, environment, log));
    }
  }

  /** Lets its processes end in order. */
  async stop(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#groups.clear();
  }

  /** Ends processes at once: they cannot say in the metadata database that they have ended. */
  async kill(roles: readonly Role[] = [...this.#groups.keys()]): Promise<void> {
    for (const role of roles) {
      const group = this.#groups.get(role);
      group?.kill();
      await group?.exit;
      this.#groups.delete(role);
    }
  }

  /** Freezes or thaws a process. */
  freeze(role: Role, frozen: boolean): void {
    this.#groups.get(role)?.signal(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Waits until the web server answers; false where its process ended instead. */
  async answers(): Promise<boolean> {
    return until(
      `answer of the web server of Airflow ${this.installed.release.name}`,
      async () => {
        if (this.#groups.get('web')?.ended ?? true) return false;
        const health = await this.#send('GET', this.#healthPath).catch(() => undefined);
        return health?.status === 200 ? true : undefined;
      },
      START_SECONDS,
    );
  }

  /** The scheduler's last heartbeat in milliseconds since the epoch; undefined before the first. */
  async heartbeat(): Promise<number | undefined> {
    const at = (await this.#scheduler())?.latest_scheduler_heartbeat;
    return at ? Date.parse(at) : undefined;
  }

  /** Whether the web server says that the scheduler is healthy, and how old the heartbeat is that it goes by. */
  async health(): Promise<{ readonly healthy: boolean; readonly ageSeconds: number }> {
    const scheduler = await this.#scheduler();
    const at = Date.parse(scheduler?.latest_scheduler_heartbeat ?? '');
    return { healthy: scheduler?.status === 'healthy', ageSeconds: (Date.now() - at) / 1000 };
  }

  /** Waits for a heartbeat from now on. */
  async beats(): Promise<void> {
    const since = Date.now();
    await until(
      `heartbeat of the scheduler of Airflow ${this.installed.release.name}`,
      async () => ((await this.heartbeat().catch(() => undefined)) ?? 0) > since || undefined,
      START_SECONDS,
    );
  }

  /** Waits until it works and has done what was asked of it. */
  async settles(): Promise<void> {
    await this.beats();
    await until(
      `end of the runs of Airflow ${this.installed.release.name}`,
      async () => (await this.isIdle()) || undefined,
      START_SECONDS,
    );
  }

  /** A call to the REST API, path without its beginning, with the login of the web server's user. */
  async call(method: string, path: string, body?: object): Promise<Answered> {
    return this.#send(method, `${this.api}${path}`, { authorization: await this.#authorization() }, body);
  }

  /** How many runs of the check DAG are in one of these states; undefined where Airflow does not know the DAG. */
  async runs(...states: readonly ('queued' | 'running' | 'success')[]): Promise<number | undefined> {
    const wanted = states.map((state) => `state=${state}`).join('&');
    const answer = await this.call('GET', `/dags/airlock_check/dagRuns?${wanted}&limit=1`);
    if (answer.status !== 200) return undefined;
    return (answer.json() as { total_entries: number }).total_entries;
  }

  /**
   * Whether nothing is to be waited for: it says that it is healthy, and has no run of the check DAG before it, or it has
   * no scheduler that could work on one. False while it does not answer.
   */
  async isIdle(): Promise<boolean> {
    if (!this.#groups.has('scheduler')) return true;
    try {
      const { healthy } = await this.health();
      return healthy && (await this.runs('queued', 'running')) === 0;
    } catch {
      return false;
    }
  }

  /** The last lines of a process's output, for a failure that nothing else explains. */
  lastLines(role: Role, count = 15): string {
    try {
      return readFileSync(join(this.#place.home, `${role}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-count)
        .join('\n');
    } catch {
      return '';
    }
  }

  async #scheduler(): Promise<SchedulerHealth | undefined> {
    return ((await this.#send('GET', this.#healthPath)).json() as { scheduler?: SchedulerHealth }).scheduler;
  }

  get #healthPath(): string {
    return this.isAirflow3 ? '/api/v2/monitor/health' : '/health';
  }

  async #authorization(): Promise<string> {
    const { userName, password } = WEB_LOGIN;
    if (!this.isAirflow3) return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    if (this.#token === undefined) {
      const answer = await this.#send('POST', '/auth/token', {}, { username: userName, password });
      this.#token = (answer.json() as { access_token: string }).access_token;
    }
    return `Bearer ${this.#token}`;
  }

  async #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: object,
  ): Promise<Answered> {
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        // A restart breaks what is open: no connection outlasts its call.
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: () => JSON.parse(text) };
  }
}

/** The check DAG as it is deployed. */
export function checkDag(): string {
  return readFileSync(projectFile('dags', 'airlock_check.py'), 'utf8');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await closeServer(server);
  return port;
}
