/** One process of the C# host: starts it, and starts it again when it has ended by itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const READY = z.object({
  /** Where the extensions' webhooks are served. */
  origin: z.string(),
  /** What the durable client's binding gives to the app. */
  client: z.looseObject({ rpcBaseUrl: z.string() }),
});
export type ReadyJobHost = z.infer<typeof READY>;

export interface JobHostOptions {
  readonly dll: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The line that the host reads from stdin: `Settings.cs`. */
  readonly settings: object;
  readonly log: (line: string) => void;
  /** Gets what the extension writes for the platform's telemetry, which is no log of the app's. */
  readonly onTelemetry: (line: string) => void;
}

/** Begins a line of what the extension writes on Linux, where the platform collects it. */
const TELEMETRY = /^MS_DURABLE_FUNCTION_EVENTS_LOGS /;

/** What somebody who starts a Functions host again needs for it, milliseconds. */
const RESTART_MS = 500;
/** A host that takes longer to end is cut short: what it leaves is thrown away. */
const LONGEST_STOP_MS = 3_000;

export class JobHost {
  readonly #options: JobHostOptions;
  #child: ChildProcess | undefined;
  #ready: ReadyJobHost | undefined;
  #starts = 0;
  #stopping = false;
  #frozen = false;

  constructor(options: JobHostOptions) {
    this.#options = options;
  }

  /** Undefined while the process starts, or starts again, or is frozen. */
  get ready(): ReadyJobHost | undefined {
    return this.#frozen ? undefined : this.#ready;
  }

  /** The process's id while it is ready. */
  get pid(): number | undefined {
    return this.ready && this.#child?.pid;
  }

  /** How often the process was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Resolves when the host is ready. Rejects where it ends before. */
  async start(): Promise<void> {
    const { dll, environment, settings, log, onTelemetry } = this.#options;
    this.#starts += 1;
    const child = spawn('dotnet', [dll], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(settings)}\n`);
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (TELEMETRY.test(line)) onTelemetry(line);
      else log(`C# ${child.pid}: ${line}`);
    });
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#ready = undefined;
        reject(new Error(`The C# host ended (${signal ?? code}).`));
        if (!this.#stopping) this.#startAgain();
      });
    });
    // An end after the start is no failure of it.
    ended.catch(() => {});
    this.#ready = await Promise.race([readyLine(child), ended]);
    log(`C# ${child.pid} is ready.`);
  }

  /** Stops the process where it is; it goes on with `thaw`. */
  freeze(): void {
    this.#frozen = true;
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
    this.#frozen = false;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    const cut = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS);
    await exit;
    clearTimeout(cut);
  }

  #startAgain(): void {
    const { log } = this.#options;
    log(`C# ${this.#child?.pid} has ended and is started again.`);
    setTimeout(() => {
      if (!this.#stopping) this.start().catch((error: unknown) => log(`error ${String(error)}`));
    }, RESTART_MS);
  }
}

function readyLine(child: ChildProcess): Promise<ReadyJobHost> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      try {
        resolve(READY.parse(JSON.parse(line)));
      } catch (error) {
        reject(new Error(`The C# host's first line is not its ready line: ${line}`, { cause: error }));
      }
    });
  });
}
