/** The way by the workflow: what its first lines tell a person to do before and after, and the workflow itself. */
import { z } from 'zod';
import { type RehearsalContext, showIn } from '../context.js';
import { copyRepository } from '../machine/project.js';
import { runWorkflow } from '../workflow/workflow.js';

const IDENTITY = z.object({ principalId: z.string() });

/**
 * Goes it once; true where every part ended well.
 *
 * @param between what the user does between the first command by hand and the workflow
 */
export async function byWorkflow(
  context: RehearsalContext,
  folder: string,
  between: () => void,
): Promise<boolean> {
  const { signIn } = context;
  const person = signIn.subscriptions;
  if (!(await byHand(context, folder, 'shells.mjs'))) return false;
  between();
  const ended = await runWorkflow(context, {
    repository: folder,
    checkOut: (target) => copyRepository(folder, target),
  });
  signIn.subscriptions = person;
  return ended && (await byHand(context, folder, `graph.mjs --principal ${principalOf(context)}`));
}

async function byHand(context: RehearsalContext, folder: string, script: string): Promise<boolean> {
  const text = `node infra/scripts/${script} --config airlock.yaml\n`;
  const show = showIn(context, script.split(' ')[0] ?? '');
  return (await context.machine.run({ text, shell: ['/bin/sh'], folder, environment: {} }, show)) === 0;
}

/** Object id of the app's identity, which the templates give as an output. */
function principalOf({ cloud }: RehearsalContext): string {
  const identity = cloud.azure.deployments
    .resources()
    .find(({ type, name }) => type.endsWith('/userAssignedIdentities') && !/-(?:events|airflow)-/.test(name));
  return IDENTITY.parse(identity?.added).principalId;
}
