/** The actions that the workflow uses: what each does on a runner. Others are an error. */
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { KnownSubscription } from '../context.js';
import type { Variables } from '../machine/machine.js';

/** What an action may change. */
export interface Runner {
  /** Where the job works; empty at first. */
  readonly folder: string;
  /** Where artifacts of the run are kept. */
  readonly artifacts: string;
  checkOut(folder: string): void;
  /** Signs in to `az`. */
  signIn(subscription: KnownSubscription): void;
}

type Action = (given: Variables, runner: Runner) => void;

const ACTIONS: Readonly<Record<string, Action>> = {
  'actions/checkout': (_given, runner) => runner.checkOut(runner.folder),
  // The Node that runs the rehearsal is there already.
  'actions/setup-node': () => undefined,
  'actions/upload-artifact'(given, { folder, artifacts }) {
    const files = matching(folder, required(given, 'path'));
    if (files.length === 0 && given['if-no-files-found'] === 'error') {
      throw new ActionFailed(`No files were found with the provided path: ${given['path']}.`);
    }
    const target = join(artifacts, required(given, 'name'));
    mkdirSync(target);
    for (const file of files) cpSync(join(folder, file), join(target, basename(file)));
  },
  'actions/download-artifact'(given, { folder, artifacts }) {
    const name = required(given, 'name');
    if (!readdirSync(artifacts).includes(name))
      throw new ActionFailed(`Artifact not found for name: ${name}`);
    cpSync(join(artifacts, name), join(folder, required(given, 'path')), { recursive: true });
  },
  'azure/login'(given, { signIn }) {
    required(given, 'client-id');
    signIn({ id: required(given, 'subscription-id'), tenantId: required(given, 'tenant-id') });
  },
};

/** An action that ends its job, with what it says. */
export class ActionFailed extends Error {}

/** Does what an action does. Throws `ActionFailed`; another error where the action is not known here. */
export function act(uses: string, given: Variables, runner: Runner): void {
  const [name = ''] = uses.split('@');
  const action = ACTIONS[name];
  if (action === undefined) throw new Error(`The action ${name} is not known here.`);
  action(given, runner);
}

/** Files that a pattern names: a star in the last part of the path, for any run of characters. */
function matching(folder: string, pattern: string): readonly string[] {
  const place = dirname(pattern);
  if (place.includes('*')) throw new Error(`The pattern ${pattern} is not known here.`);
  if (!existsSync(join(folder, place))) return [];
  const [start = '', end = ''] = basename(pattern).split('*');
  return readdirSync(join(folder, place))
    .filter((name) => (pattern.includes('*') ? name.startsWith(start) && name.endsWith(end) : name === start))
    .map((name) => join(place, name));
}

function required(given: Variables, name: string): string {
  const value = given[name];
  if (value === undefined || value === '') throw new ActionFailed(`Input required and not supplied: ${name}`);
  return value;
}
