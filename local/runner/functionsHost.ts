/**
 * Serves the functions of the built app as the Functions host does: HTTP under `/api`, Event Grid and durable
 * management under `/runtime/webhooks`, timers, and durable orchestrations on the engine beside this file.
 */

import { pathToFileURL } from 'node:url';
import type { Kernel } from '../kernel/types.js';
import { lenientlyDecoded } from '../net/escapes.js';
import type { AppService } from './appService.js';
import { answerClientApi } from './clientApi.js';
import { installCoreModule, type Registrations } from './coreModule.js';
import { durableClientBinding } from './durableClientBinding.js';
import { Engine, type EngineOptions } from './engine.js';
import { type ExecutionEnd, type Replayed, replayHistory } from './episode.js';
import { answerEventGrid } from './eventGridWebhook.js';
import type { HistoryEvent } from './history.js';
import { readHostJson } from './hostJson.js';
import { type HostStats, hostStats } from './hostStats.js';
import { HttpFunctions } from './httpFunctions.js';
import { parentOf } from './instances.js';
import { InvocationFailure, Invoker } from './invoke.js';
import { type HostAnswer, type HostRequest, type HostServer, serve } from './server.js';
import type { DurableState } from './state.js';
import { timeOutBy } from './timeouts.js';
import { startTimers } from './timerTriggers.js';

export interface FunctionsHostOptions {
  readonly kernel: Kernel;
  /** Absolute path of the app's entry point. */
  readonly appEntry: string;
  readonly functionKey: string;
  readonly systemKey: string;
  /** One line of what the app or the host logs. */
  readonly onLog: (line: string) => void;
  /** Of an app that is loaded already; absent: the app is imported at the start. */
  readonly registrations?: Registrations;
  /** What stands before the host; absent: nothing. */
  readonly appService?: AppService;
  readonly durable?: Pick<
    EngineOptions,
    'fault' | 'seed' | 'keepHistories' | 'maxConcurrentActivities' | 'functionTimeout' | 'versions' | 'schema'
  >;
}

export interface RecordedExecution {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly input: string | null;
  readonly history: readonly HistoryEvent[];
  /** How it ended, where that was recorded. */
  readonly end?: ExecutionEnd;
}

export interface FunctionsHost {
  /** Imports the app, unless it is loaded already, and serves it on 127.0.0.1; resolves to the port. */
  start(port: number): Promise<number>;
  stop(): Promise<void>;
  snapshot(): unknown;
  /** Before `start`: the state to go on from. */
  restore(state: unknown): void;
  stats(): HostStats;
  /** Every execution of an instance, the earlier ones where they are kept. */
  history(instanceId: string): readonly RecordedExecution[] | undefined;
  /** What the app registered: a second engine can run the same functions. */
  readonly registrations: Registrations;
  /** Replays a recorded execution against the loaded app. */
  replay(recorded: RecordedExecution): Promise<Replayed>;
}

export function createFunctionsHost(options: FunctionsHostOptions): FunctionsHost {
  return new Host(options);
}

class Host implements FunctionsHost {
  readonly #options: FunctionsHostOptions;
  readonly #invocations: Record<string, number> = {};
  readonly #invoker: Invoker;
  readonly #engine: Engine;
  readonly registrations: Registrations;
  #origin = '';
  #kept: DurableState | undefined;
  #http: HttpFunctions | undefined;
  #server: HostServer | undefined;
  #stopTimers: (() => void) | undefined;
  #endTimeOuts: (() => void) | undefined;

  constructor(options: FunctionsHostOptions) {
    this.#options = options;
    const { kernel, systemKey, onLog, registrations } = options;
    this.registrations =
      registrations ?? installCoreModule((level, _category, message) => onLog(`${level} ${message}`));
    this.#invoker = new Invoker(
      this.registrations,
      () => durableClientBinding(this.#origin, systemKey),
      ({ level, message, functionName }) => onLog(`${level} ${functionName ?? 'host'}: ${message}`),
      (name) => {
        this.#invocations[name] = (this.#invocations[name] ?? 0) + 1;
      },
    );
    this.#engine = new Engine({
      ...readHostJson(options.appEntry),
      ...options.durable,
      ...(options.appService === undefined ? {} : { hold: options.appService.hold }),
      kernel,
      invoker: this.#invoker,
      onError: (error) => this.#logError(error),
    });
  }

  async start(port: number): Promise<number> {
    const { kernel, appEntry, registrations } = this.#options;
    this.#server = await serve(
      port,
      (request) =>
        kernel.clock.busy(async () => {
          const answer = await this.#answer(request);
          // What was promised must survive a kill a moment later.
          if (request.method !== 'GET') await kernel.persisted?.();
          return answer;
        }),
      (error) => this.#logError(error),
    );
    // The SDK's client writes its own origin from this variable, read when a function asks for the client.
    process.env['WEBSITE_HOSTNAME'] = `127.0.0.1:${this.#server.port}`;
    this.#origin = `http://127.0.0.1:${this.#server.port}`;
    if (kernel.clock.mode === 'virtual') this.#endTimeOuts = timeOutBy(kernel.clock);
    if (registrations === undefined) {
      await import(pathToFileURL(appEntry).href);
      this.registrations.close();
    }
    const functions = [...this.registrations.functions.values()];
    this.#http = new HttpFunctions(functions, this.#invoker, this.#options.functionKey, process.env);
    await this.#invoker.appHooks('appStart');
    this.#stopTimers = startTimers(
      functions,
      this.#invoker,
      kernel.clock,
      process.env,
      (error) => this.#logError(error),
      () => this.#options.appService?.settings.running ?? true,
    );
    if (this.#kept) this.#engine.restore(this.#kept);
    return this.#server.port;
  }

  async stop(): Promise<void> {
    this.#stopTimers?.();
    this.#endTimeOuts?.();
    await this.#server?.close();
    await this.#invoker.appHooks('appTerminate');
  }

  snapshot(): unknown {
    return this.#kept && !this.#http ? this.#kept : this.#engine.snapshot();
  }

  restore(state: unknown): void {
    this.#kept = state as DurableState;
  }

  stats(): HostStats {
    return hostStats(this.#invocations, this.#invoker.namesOf('activityTrigger'), this.#engine.state);
  }

  history(instanceId: string): readonly RecordedExecution[] | undefined {
    const instance = this.#engine.state.instances[instanceId];
    if (!instance) return undefined;
    const { name } = instance;
    return [...instance.earlier, instance.history].map((history) => {
      const started = history.find(
        (event) => event.Name === name && event['OrchestrationInstance'] !== undefined,
      );
      const identity = started?.['OrchestrationInstance'] as { ExecutionId?: string } | undefined;
      return {
        instanceId,
        executionId: identity?.ExecutionId ?? '',
        name,
        input: started?.Input ?? null,
        history,
      };
    });
  }

  replay(recorded: RecordedExecution): Promise<Replayed> {
    return replayHistory(this.#invoker, { ...recorded, parent: parentOf(recorded.history) }, recorded.end);
  }

  async #answer(request: HostRequest): Promise<HostAnswer> {
    const { pathname } = request.url;
    const refusal = this.#options.appService?.refusal(request);
    if (refusal !== undefined) return refusal;
    try {
      if (pathname.startsWith('/durabletask/')) return await this.#clientApi(request, '/durabletask/');
      if (pathname.startsWith('/runtime/webhooks/durabletask/')) {
        if (request.url.searchParams.get('code') !== this.#options.systemKey) return { status: 401 };
        return await this.#clientApi(request, '/runtime/webhooks/durabletask/');
      }
      if (pathname.toLowerCase() === '/runtime/webhooks/eventgrid') {
        return await answerEventGrid(request, this.#invoker, this.#options.systemKey, (name, count) =>
          this.#options.kernel.ledger.record({
            service: 'host',
            operation: 'events.received',
            subject: name,
            detail: { count },
          }),
        );
      }
      if (pathname.startsWith('/api/') && this.#http) {
        const answer = await this.#http.answer(request);
        this.#options.kernel.secrets.look(`answer of ${pathname}`, String(answer.body ?? ''));
        return answer;
      }
      return { status: 404 };
    } catch (error) {
      // The host answers 500 without a body where a function throws.
      this.#logError(error);
      return { status: 500 };
    }
  }

  #clientApi(request: HostRequest, root: string): Promise<HostAnswer> {
    const path = request.url.pathname.slice(root.length).split('/').map(lenientlyDecoded);
    const { method, headers, body, url } = request;
    return answerClientApi(
      this.#engine,
      { method, path, query: url.searchParams, headers, body: body.toString('utf8') },
      this.#options.kernel.clock,
    );
  }

  #logError(error: unknown): void {
    const thrown = error instanceof InvocationFailure ? error.thrown : error;
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    this.#options.onLog(`error host: ${text}`);
  }
}
