/** The way by the workflow: what its first lines tell a person to do before and after, and the workflow itself. */
import { z } from 'zod';
import { copyRepository } from '../machine/project.js';
import { type Scene, showIn } from '../scene.js';
import { runWorkflow } from '../workflow/workflow.js';

const IDENTITY = z.object({ principalId: z.string() });

/**
 * Goes it once; true where every part ended well.
 *
 * @param between what the user does between the first command by hand and the workflow
 */
export async function byWorkflow(scene: Scene, folder: string, between: () => void): Promise<boolean> {
  const { signIn } = scene;
  const person = signIn.subscriptions;
  if (!(await byHand(scene, folder, 'shells.mjs'))) return false;
  between();
  const ended = await runWorkflow(scene, {
    repository: folder,
    checkOut: (target) => copyRepository(folder, target),
  });
  signIn.subscriptions = person;
  return ended && (await byHand(scene, folder, `graph.mjs --principal ${principalOf(scene)}`));
}

async function byHand(scene: Scene, folder: string, script: string): Promise<boolean> {
  const text = `node infra/scripts/${script} --config airlock.yaml\n`;
  const show = showIn(scene, script.split(' ')[0] ?? '');
  return (await scene.machine.run({ text, shell: ['/bin/sh'], folder, environment: {} }, show)) === 0;
}

/** Object id of the app's identity, which the templates give as an output. */
function principalOf({ cloud }: Scene): string {
  const identity = cloud.azure.deployments
    .resources()
    .find(({ type, name }) => type.endsWith('/userAssignedIdentities') && !/-(?:events|airflow)-/.test(name));
  return IDENTITY.parse(identity?.added).principalId;
}
