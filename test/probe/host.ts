/** A durable host as the questions see it, whichever it is: the app on it, its HTTP API, and its time. */

/** Where a worker can go away: before the host has called the function, or once the function has run. */
export type GonePoint = `${'before' | 'after'}-${'orchestrator' | 'activity' | 'entity'}`;

/** What of host.json a question can set. */
export interface HostSettings {
  /** `00:00:10` */
  readonly functionTimeout?: string;
  readonly extensions?: {
    readonly durableTask: {
      readonly defaultVersion?: string;
      readonly versionMatchStrategy?: 'None' | 'Strict' | 'CurrentOrOlder';
      readonly versionFailureStrategy?: 'Reject' | 'Fail';
      readonly storageProvider?: {
        readonly controlQueueVisibilityTimeout?: string;
        readonly workItemQueueVisibilityTimeout?: string;
      };
    };
  };
}

/** What a test needs of a host that runs the probe app. */
export interface HostAccess {
  /** Origin of the functions host. */
  readonly functions: string;
  readonly systemKey: string;
  /** Lets so much time of the host go by, milliseconds. */
  pass(ms: number): Promise<void>;
  /** The worker goes away at this point of the named function's next invocation, once. */
  workerGone(point: GonePoint, functionName: string): Promise<void>;
  /** The activity of this instance takes so long. Absent: the app itself makes it so. */
  slowActivity?(id: string, seconds: number): Promise<void>;
  /** Starts the host with these settings; one that runs is ended first, and the new one goes on with its state. */
  start(settings: HostSettings): Promise<void>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, a text otherwise. */
  readonly body: unknown;
}

/** What a method of the SDK's client gave, or said as it threw. */
export type ClientAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** The status of an instance, as the HTTP API shows it. */
export interface Shown {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly name?: string;
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream goes out in chunks, without Content-Length. */
  readonly body?: NonNullable<RequestInit['body']>;
}

const ENDED = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);
const LOOK_MS = 500;
/** On a busy machine the real extension is slow; nothing that ends at all takes longer. */
const LONGEST_WAIT_MS = 240_000;

/** The host did not come to a state that the question waits for. */
class NeverCame extends Error {}

/** One question's own view of a host: its instance ids are its own, so that questions can run side by side. */
export class ProbeHost {
  constructor(
    private readonly access: HostAccess,
    private readonly prefix: string,
  ) {}

  /** An instance id, or another key, that no other question uses. */
  id(name = 'one'): string {
    return `${this.prefix}-${name}`;
  }

  /** A request to the functions host, or to a full address. */
  async http(path: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<HttpAnswer> {
    const response = await fetch(new URL(path, this.access.functions), {
      method,
      headers: { connection: 'close', ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' as const }),
    });
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  }

  /** A call of the durable extension's HTTP API: the path after `/runtime/webhooks/durabletask`. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const url = new URL(`/runtime/webhooks/durabletask${path}`, this.access.functions);
    url.searchParams.set('code', this.access.systemKey);
    return this.http(url.href, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A delivery to the Event Grid extension's webhook. */
  deliver(functionName: string, call: Call): Promise<HttpAnswer> {
    const url = new URL('/runtime/webhooks/eventgrid', this.access.functions);
    url.searchParams.set('functionName', functionName);
    url.searchParams.set('code', this.access.systemKey);
    return this.http(url.href, { method: 'POST', ...call });
  }

  /** A method of the SDK's client, called by the app. */
  async client(method: string, ...args: readonly unknown[]): Promise<ClientAnswer> {
    return (await this.#app('client', { method, args })) as ClientAnswer;
  }

  /** Starts an instance by the SDK's client; throws where that is refused. */
  async start(orchestrator: string, id: string, input?: unknown): Promise<void> {
    const answer = await this.client('startNew', orchestrator, { instanceId: id, input });
    if (!answer.ok) throw new Error(`${orchestrator} did not start: ${answer.message}`);
  }

  /** Starts an instance and waits for its end. */
  async run(orchestrator: string, input?: unknown, id = this.id()): Promise<Shown> {
    await this.start(orchestrator, id, input);
    return this.ended(id);
  }

  async status(id: string): Promise<Shown | undefined> {
    const { status, body } = await this.api('GET', `/instances/${encodeURIComponent(id)}?showInput=true`);
    return status === 404 ? undefined : (body as Shown);
  }

  raise(id: string, event: string, value: unknown = null): Promise<ClientAnswer> {
    return this.client('raiseEvent', id, event, value);
  }

  /** Lets time go by until the instance has ended. Throws `NeverCame`. */
  ended(id: string): Promise<Shown> {
    return this.until(id, (shown) => ENDED.has(shown.runtimeStatus));
  }

  /** Lets time go by until the instance shows what is looked for. Throws `NeverCame`. */
  async until(id: string, look: (shown: Shown) => boolean): Promise<Shown> {
    const shown = await this.within(id, LONGEST_WAIT_MS, look);
    if (shown === undefined || !look(shown)) {
      throw new NeverCame(`${id} never came there: ${JSON.stringify(shown)?.slice(0, 500)}`);
    }
    return shown;
  }

  /** What the instance shows when it has ended, or when so much time has gone by. */
  async within(
    id: string,
    ms: number,
    look: (shown: Shown) => boolean = (shown) => ENDED.has(shown.runtimeStatus),
  ): Promise<Shown | undefined> {
    for (let passed = 0; ; passed += LOOK_MS) {
      const shown = await this.status(id);
      if (passed >= ms || (shown !== undefined && look(shown))) return shown;
      await this.pass(LOOK_MS);
    }
  }

  /** Lets time go by until the app has noted something under this key. Throws `NeverCame`. */
  async noted(key: string): Promise<void> {
    for (let passed = 0; (await this.effects(key)).length === 0; passed += LOOK_MS) {
      if (passed >= LONGEST_WAIT_MS) throw new NeverCame(`Nothing was ever noted under ${key}.`);
      await this.pass(LOOK_MS);
    }
  }

  pass(ms: number): Promise<void> {
    return this.access.pass(ms);
  }

  /** What the app noted under this key, in order. */
  async effects(key: string): Promise<readonly unknown[]> {
    return (await this.#app('memory', { effects: key })) as unknown[];
  }

  /** From now on the activity `slow` of this instance takes so long. */
  async slowActivity(id: string, seconds: number): Promise<void> {
    if (this.access.slowActivity) await this.access.slowActivity(id, seconds);
    else await this.#app('memory', { slow: { id, ms: seconds * 1000 } });
  }

  /** Lets the activity go on that waits at this gate. */
  async open(gate: string): Promise<void> {
    await this.#app('memory', { open: gate });
  }

  /** From now on the code of this instance is another one. */
  async switchCode(id: string): Promise<void> {
    await this.#app('memory', { switched: id });
  }

  workerGone(point: GonePoint, functionName: string): Promise<void> {
    return this.access.workerGone(point, functionName);
  }

  /** The host starts, or starts again on what it has kept. Only for a question that has a host of its own. */
  startHost(settings: HostSettings): Promise<void> {
    return this.access.start(settings);
  }

  async #app(route: string, body: unknown): Promise<unknown> {
    const answer = await this.http(`/api/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`/api/${route} answered ${answer.status}.`);
    return answer.body;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
