/**
 * The local cloud's functions host on Azure's own extensions. HTTP functions and timers are served here, with what the
 * runner has for them; orchestrations, activities, entities and events come from processes of the C# host, which run
 * the durable and the Event Grid extension and ask this process to run the app's functions.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { AppHost, CreateAppHost } from '../../../local/cloud.js';
import { installCoreModule } from '../../../local/runner/coreModule.js';
import { HttpFunctions } from '../../../local/runner/httpFunctions.js';
import { InvocationFailure, Invoker } from '../../../local/runner/invoke.js';
import { type HostAnswer, type HostRequest, type HostServer, serve } from '../../../local/runner/server.js';
import { startTimers } from '../../../local/runner/timerTriggers.js';
import { DoubledEpisodes } from './doubledEpisodes.js';
import { Executions } from './executions.js';
import { JobHost, type ReadyJobHost } from './jobHost.js';
import { Partitions, STAMP, workerId } from './partitions.js';
import { EXTENSION_SETTINGS, type ExtensionSettings, SETTINGS_VARIABLE } from './settings.js';
import { answerInvocation } from './worker.js';

/** Triggers that the C# host serves. */
const REMOTE = new Set(['orchestrationTrigger', 'activityTrigger', 'entityTrigger', 'eventGridTrigger']);

/** Where the C# host asks for functions to be run. */
const WORKER_PATH = '/worker/invoke';
const WEBHOOKS = '/runtime/webhooks/';

/** A host that is started again needs some seconds. */
const LONGEST_START_MS = 120_000;
const LOOK_AGAIN_MS = 100;

type HostOptions = Parameters<CreateAppHost>[0];

/** Settings are in the environment: see `settings.ts`. */
export function createExtensionHost(options: HostOptions): AppHost {
  return new ExtensionHost(
    options,
    EXTENSION_SETTINGS.parse(JSON.parse(process.env[SETTINGS_VARIABLE] ?? '')),
  );
}

class ExtensionHost implements AppHost {
  readonly #registrations;
  readonly #invoker: Invoker;
  readonly #executions: Executions;
  readonly #doubledEpisodes: DoubledEpisodes;
  #jobHosts: readonly JobHost[] = [];
  #http: HttpFunctions | undefined;
  #server: HostServer | undefined;
  #stopTimers: (() => void) | undefined;

  constructor(
    private readonly options: HostOptions,
    private readonly settings: ExtensionSettings,
  ) {
    const { kernel, onLog } = options;
    this.#registrations = installCoreModule((level, _category, message) => onLog(`${level} ${message}`));
    this.#invoker = new Invoker(
      this.#registrations,
      () => this.#ready()?.client,
      ({ level, message, functionName }) => onLog(`${level} ${functionName ?? 'host'}: ${message}`),
    );
    this.#executions = new Executions(kernel.ledger);
    const partitions = new Partitions(settings.storage, settings.hub);
    this.#doubledEpisodes = new DoubledEpisodes({
      freeze: async (host) => {
        this.#jobHosts[host]?.freeze();
        await partitions.giveAll(workerId((host + 1) % settings.hosts));
      },
      thaw: (host) => this.#jobHosts[host]?.thaw(),
    });
  }

  async start(port: number): Promise<number> {
    const { kernel, appEntry, functionKey } = this.options;
    this.#server = await serve(
      port,
      (request) => this.#answer(request),
      (error) => this.#logError(error),
    );
    const origin = `127.0.0.1:${this.#server.port}`;
    // The SDK's client writes its own origin from this variable, read when a function asks for the client.
    process.env['WEBSITE_HOSTNAME'] = origin;
    await import(pathToFileURL(appEntry).href);
    this.#registrations.close();
    const functions = [...this.#registrations.functions.values()];
    const http = new HttpFunctions(functions, this.#invoker, functionKey, process.env);
    await this.#invoker.appHooks('appStart');
    this.#jobHosts = Array.from({ length: this.settings.hosts }, (_, host) =>
      this.#jobHost(host, `http://${origin}`),
    );
    for (const one of this.#jobHosts) await one.start();
    this.#http = http;
    this.#stopTimers = startTimers(functions, this.#invoker, kernel.clock, process.env, (error) =>
      this.#logError(error),
    );
    return this.#server.port;
  }

  async stop(): Promise<void> {
    this.#stopTimers?.();
    await Promise.all(this.#jobHosts.map((one) => one.stop()));
    await this.#server?.close();
    await this.#invoker.appHooks('appTerminate');
  }

  /** What must survive lies in the storage account. */
  snapshot(): unknown {
    return {};
  }

  restore(): void {}

  /** The C# processes (those that are ready have ids), every instance that had an episode here, what ran twice. */
  stats(): unknown {
    return {
      jobHosts: this.#jobHosts.map(({ pid, starts }) => ({ pid: pid ?? null, starts })),
      instances: this.#executions.instances(),
      episodes: this.#doubledEpisodes.counts,
    };
  }

  history(instanceId: string): unknown {
    const executions = this.#executions.of(instanceId);
    return executions.length === 0 ? undefined : executions;
  }

  #jobHost(host: number, origin: string): JobHost {
    const { dll, storage, hub, environment } = this.settings;
    const functions = [...this.#registrations.functions.values()].flatMap(
      ({ metadata: { name, bindings } }) =>
        Object.values(bindings)
          .filter(({ type }) => REMOTE.has(type))
          .map(({ type }) => ({ name, trigger: type })),
    );
    return new JobHost({
      dll,
      environment: {
        FUNCTIONS_WORKER_RUNTIME: 'node',
        // The extension's own web server, which would log each request.
        Logging__LogLevel__Default: 'Warning',
        AzureWebJobsStorage: storage,
        // Hosts of one name would have every partition's lease in common.
        WEBSITE_CURRENT_STAMPNAME: STAMP,
        RoleInstanceId: String(host),
        AzureFunctionsJobHost__extensions__durableTask__hubName: hub,
        // In place of host.json's half a minute, which a test would only wait for.
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:01',
        ...environment,
      },
      settings: {
        worker: `${origin}${WORKER_PATH}?host=${host}`,
        origin,
        systemKey: this.options.systemKey,
        hostJson: hostJsonOf(this.options.appEntry),
        functions,
      },
      log: this.options.onLog,
      onTelemetry: (line) => this.options.kernel.secrets.look('telemetry', line),
    });
  }

  /** A C# host that is there: with one that was killed, the Functions host would be gone as a whole. */
  #ready(): ReadyJobHost | undefined {
    return this.#jobHosts.find(({ ready }) => ready !== undefined)?.ready;
  }

  async #answer(request: HostRequest): Promise<HostAnswer> {
    const { pathname } = request.url;
    const { kernel, systemKey } = this.options;
    try {
      if (pathname === WORKER_PATH) {
        const parts = {
          kernel,
          invoker: this.#invoker,
          executions: this.#executions,
          doubledEpisodes: this.#doubledEpisodes,
        };
        const host = Number(request.url.searchParams.get('host'));
        return await answerInvocation(parts, host, request.body.toString('utf8'));
      }
      if (pathname.startsWith(WEBHOOKS)) {
        const key = request.url.searchParams.get('code') ?? request.headers['x-functions-key'];
        if (key !== systemKey) return { status: 401 };
        return await forward(request, await this.#whenReady());
      }
      if (pathname.startsWith('/api/') && this.#http) {
        await this.#whenReady();
        const answer = await kernel.clock.busy(async () => this.#http?.answer(request));
        kernel.secrets.look(`answer of ${pathname}`, String(answer?.body ?? ''));
        return answer ?? { status: 404 };
      }
      return { status: 404 };
    } catch (error) {
      // The host answers 500 without a body where a function throws.
      this.#logError(error);
      return { status: 500 };
    }
  }

  /** App Service holds a request back while the host starts again. Throws where it does not come back. */
  async #whenReady(): Promise<ReadyJobHost> {
    const deadline = Date.now() + LONGEST_START_MS;
    for (;;) {
      const ready = this.#ready();
      if (ready) return ready;
      if (Date.now() > deadline) throw new Error('No C# host is ready.');
      await pause(LOOK_AGAIN_MS);
    }
  }

  #logError(error: unknown): void {
    const thrown = error instanceof InvocationFailure ? error.thrown : error;
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    this.options.onLog(`error host: ${text}`);
  }
}

/** To the webhook of the extension that the path names, with its answer. */
async function forward(
  { method, url, headers, body }: HostRequest,
  { origin }: ReadyJobHost,
): Promise<HostAnswer> {
  const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
  const answer = await fetch(new URL(`${url.pathname}${url.search}`, origin), {
    method,
    headers: kept,
    ...(body.length === 0 ? {} : { body }),
  });
  const { 'transfer-encoding': _encoding, connection: _close, ...given } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: given, body: Buffer.from(await answer.arrayBuffer()) };
}

/** The app's host.json: beside its entry point, or in the folder above. */
function hostJsonOf(appEntry: string): string {
  const folder = dirname(appEntry);
  const beside = join(folder, 'host.json');
  return existsSync(beside) ? beside : join(folder, '..', 'host.json');
}
