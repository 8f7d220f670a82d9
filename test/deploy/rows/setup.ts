/** What one row plays on: the user's cloud, machine and project, with what is wrong in them. */
import { join } from 'node:path';
import { az } from '../az/az.js';
import { Azd } from '../azd/azd.js';
import { createCloud, putUsersCredential } from '../cloud/cloud.js';
import type { Templates } from '../cloud/templates.js';
import { noFaults, type RehearsalContext, SUBSCRIPTIONS } from '../context.js';
import { openMachine, type Variables } from '../machine/machine.js';
import { npm } from '../machine/npm.js';
import { applyEdit, checkOut, type Edit, installModules } from '../machine/project.js';
import { byWorkflow } from './byWorkflow.js';
import type { Row } from './row.js';

export interface RowSetup {
  readonly context: RehearsalContext;
  /** The user's project. */
  readonly folder: string;
  /** Runs the whole deployment once; true where it ended well. */
  run(command?: 'azd deploy'): Promise<boolean>;
  /** Whether something of the user's is wrong, which `repair` puts right. */
  readonly isWrong: boolean;
  repair(): void;
  /** `azd down`; gives what it left, a line each. */
  down(): Promise<readonly string[]>;
  /** What azd keeps. */
  environment(): Variables;
  close(): Promise<void>;
}

/**
 * Sets up what a row plays on. Rejects where an edit does not fit the project's files any more.
 *
 * @param options `mutant`: changes of azure.yaml and of the workflow
 * @param onError gets what a stand-in throws
 */
export async function openSetup(
  { method, misbehaviour }: Row,
  { templates, mutant }: { readonly templates: Templates; readonly mutant: readonly Edit[] },
  onError: (error: unknown) => void,
): Promise<RowSetup> {
  const { edits = [], editsBetween = false } = misbehaviour;
  let awaited = editsBetween ? edits : [];
  const cloud = createCloud(onError);
  if (!misbehaviour.withoutCredential) putUsersCredential(cloud);
  const machine = await openMachine(
    cloud.kernel.clock,
    () => ({
      az: (call) => az(call, context),
      azd: (call) => azd.call(call),
      // The compiler as a command of its own is called as `az bicep` is, but for the name of the file.
      bicep: ({ args: [command = '', file = '', ...rest], ...call }) =>
        az({ ...call, args: ['bicep', command, '--file', file, ...rest] }, context),
      npm: (call) => npm(call, machine),
    }),
    onError,
  );
  const context: RehearsalContext = {
    cloud,
    machine,
    templates,
    signIn: { subscriptions: SUBSCRIPTIONS },
    faults: noFaults(),
    uploaded: new Map(),
    shown: [],
  };
  const folder = join(machine.folder, 'project');
  try {
    checkOut(folder, [...(editsBetween ? [] : edits), ...mutant]);
  } catch (error) {
    await machine.close();
    throw error;
  }
  installModules(folder);
  const azd = new Azd(context, folder);
  Object.assign(azd.values, misbehaviour.environment?.wrong);
  misbehaviour.begin?.(context);
  return {
    context,
    folder,
    isWrong: [misbehaviour.repair, misbehaviour.edits, misbehaviour.environment].some(
      (one) => one !== undefined,
    ),
    async run(command) {
      if (command === 'azd deploy') return (await azd.deploy()) === 'succeeded';
      if (method === 'azd up') return (await azd.up()) === 'succeeded';
      return byWorkflow(context, folder, () => {
        for (const edit of awaited) applyEdit(folder, edit);
        awaited = [];
      });
    },
    repair() {
      for (const { file, from, to } of edits.toReversed()) applyEdit(folder, { file, from: to, to: from });
      Object.assign(azd.values, misbehaviour.environment?.right);
      misbehaviour.repair?.(context);
    },
    async down() {
      if ((await azd.down()) !== 'succeeded') return ['it failed'];
      return cloud.azure.deployments.resources().map(({ id }) => `${id} is still there`);
    },
    environment: () => (method === 'azd up' ? azd.values : {}),
    close: () => machine.close(),
  };
}
