/**
 * The process of the local cloud. It starts itself a second time as a child, since Node reads the certificates that
 * it is to trust only as it starts; the child holds everything, the parent hands on output and signals.
 */
import { existsSync, rmSync } from 'node:fs';
import { type CreateAppHost, type LocalCloud, startLocalCloud } from './cloud.js';
import { spawnLocalCloud } from './launch.js';
import { PortTaken } from './net/proxy.js';
import { type LocalOptions, readOptions, USAGE, UsageError } from './options.js';

/** A stop that takes longer than this is cut short. */
const LONGEST_STOP_MS = 10_000;

/** Runs the command line to its end; `main` is the file to start as a child. Resolves with the exit code. */
export async function run(args: readonly string[], createHost: CreateAppHost, main: string): Promise<number> {
  const isChild = args.includes('--child');
  const temporary = args.includes('--temporary');
  let options: LocalOptions | 'help';
  try {
    options = readOptions(args.filter((one) => one !== '--child' && one !== '--temporary'));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const { state } = options;
  if (isChild && state !== undefined) return runChild({ ...options, state }, temporary, createHost);
  return runParent(options, main);
}

async function runParent(options: LocalOptions, main: string): Promise<number> {
  const { child, exit } = spawnLocalCloud({ ...options, main, sourceMaps: true });
  child.stdout?.pipe(process.stdout);
  child.stderr?.pipe(process.stderr);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const { code, signal } = await exit;
  if (signal !== null) process.stderr.write(`The local cloud was ended by ${signal}.\n`);
  return code ?? 1;
}

async function runChild(
  options: LocalOptions & { readonly state: string },
  temporary: boolean,
  createHost: CreateAppHost,
): Promise<number> {
  // Stdout is for the ready line alone, whatever the app prints.
  const printReady = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  // Where the parent has gone, nobody reads: that must not stand in the way of a clean end.
  process.stderr.on('error', () => {});
  let end = () => {};
  const ending = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  // Stdin ends when the parent does, however that happens.
  process.stdin.on('close', end).on('error', end).resume();

  let cloud: LocalCloud;
  try {
    requireFile(options.app, '--app');
    requireFile(options.config, '--config');
    cloud = await startLocalCloud({
      ...options,
      temporary,
      createHost,
      out: writerOf(process.stderr),
      onShutdown: end,
    });
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
  printReady(`${JSON.stringify(cloud.ready)}\n`);
  await ending;
  setTimeout(() => {
    process.stderr.write('The local cloud does not end by itself and is cut short.\n');
    process.exit(1);
  }, LONGEST_STOP_MS).unref();
  await cloud.stop();
  if (temporary) rmSync(options.state, { recursive: true, force: true });
  return 0;
}

/** Writes what comes in one turn of the event loop at once, and what is left as the process ends. */
function writerOf(stream: NodeJS.WriteStream): (line: string) => void {
  let waiting = '';
  const write = () => {
    if (waiting !== '') stream.write(waiting);
    waiting = '';
  };
  process.once('exit', write);
  return (line) => {
    if (waiting === '') setImmediate(write);
    waiting += `${line}\n`;
  };
}

/** Throws `UsageError` where a file that the command line names is not there. */
function requireFile(file: string | undefined, flag: string): void {
  if (file !== undefined && !existsSync(file))
    throw new UsageError(`${flag} names ${file}, which does not exist.`);
}

function explain(error: unknown): string {
  if (error instanceof PortTaken) {
    return `${error.message} Stop what listens there, choose another with --port, or take a free one with --port 0.`;
  }
  if (error instanceof UsageError) return error.message;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `The local cloud could not start: ${what}`;
}
