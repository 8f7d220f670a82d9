/** Runs the hooks of azure.yaml as azd does. */
import type { Machine, Variables } from '../machine/machine.js';
import { type Hooks, hookOf } from './azureYaml.js';

/** What azd ends with, and in which step. */
export class Stopped extends Error {
  constructor(
    readonly step: string,
    message: string,
  ) {
    super(message);
  }
}

/** A process of azd: `azd up`, or a command that a hook of it calls. */
export interface Process {
  readonly machine: Machine;
  /** The project's. */
  readonly folder: string;
  /** The environment's `.env`, as it is at the moment. */
  readonly values: Variables;
  /** Environment variables, which the environment's own values win over. */
  readonly outer: Variables;
  readonly nested: boolean;
  show(step: string, line: string): void;
}

/** Runs a hook, where there is one: a file with `set -e` before the text. Throws `Stopped`. */
export async function runHook(process: Process, hooks: Hooks, name: string): Promise<void> {
  const hook = hookOf(hooks, name);
  if (hook === undefined) return;
  const show = (line: string) => process.show(name, line);
  const text = `set -e\n\n${hook.run}\n`;
  const environment = { ...process.outer, ...process.values };
  const script = { text, shell: ['/bin/sh'], folder: process.folder, environment };
  const code = await process.machine.run(script, show);
  if (code === 0) return;
  const said = `'${name}' hook failed with exit code: '${code}'`;
  if (!hook.continueOnError) throw new Stopped(name, said);
  show(`WARNING: ${said}`);
  show('Execution will continue since ContinueOnError has been set to true.');
}

/** Works between the two hooks of an event. */
export async function between(
  process: Process,
  hooks: Hooks,
  event: string,
  work: () => Promise<void>,
): Promise<void> {
  await runHook(process, hooks, `pre${event}`);
  await work();
  await runHook(process, hooks, `post${event}`);
}
