/** Deploys the templates of a project to the emulated Azure: what Resource Manager does for `az` and for azd. */
import type { AzureError } from '../../../local/services/resourceManager/deployments/types.js';
import type { Deployment } from '../../infra/evaluate/deploy.js';
import { plain } from '../../infra/evaluate/plain.js';
import { textOf } from '../../infra/evaluate/values.js';
import type { RehearsalContext } from '../context.js';
import type { Variables } from '../machine/machine.js';
import type { Cloud } from './cloud.js';

export type TemplateResult =
  | { readonly succeeded: true; readonly outputs: Variables }
  | { readonly succeeded: false; readonly error: AzureError };

/** How long a deployment takes, seconds. */
const SECONDS = 120;

/**
 * Deploys infra/main.bicep with infra/main.bicepparam. Never throws for what Azure refuses.
 *
 * @param environment what the parameters file reads
 */
export async function deployTemplates(
  { cloud: { azure, kernel }, templates }: Pick<RehearsalContext, 'cloud' | 'templates'>,
  target: {
    readonly folder: string;
    readonly name: string;
    readonly location: string;
    readonly environment: Variables;
  },
): Promise<TemplateResult> {
  let evaluated: Deployment;
  try {
    evaluated = await templates(target.folder, target.environment);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { succeeded: false, error: { code: 'InvalidTemplate', message } };
  }
  const result = await azure.deployments.deploy(target.name, target.location, plain(evaluated.resources));
  await kernel.clock.advance(SECONDS * 1000);
  if (result.status === 'Failed') return { succeeded: false, error: result.error };
  const outputs = Object.entries(evaluated.outputs).map(([name, value]) => [name, textOf(value)] as const);
  return { succeeded: true, outputs: resolved(azure, Object.fromEntries(outputs)) };
}

/** Puts in what only a deployment tells: `<name.properties.path>`. Throws where the emulated Azure does not know it. */
function resolved({ deployments }: Cloud['azure'], outputs: Variables): Variables {
  const made = deployments.resources();
  const find = (reference: string, path: string): string => {
    const owner = made.find(({ name }) => path.startsWith(`${name}.`));
    const member = path.slice((owner?.name.length ?? 0) + 1).replace(/^properties\./, '');
    const value = owner?.added[member];
    if (value === undefined) throw new Error(`The emulated Azure does not know ${reference}.`);
    return value;
  };
  return Object.fromEntries(
    Object.entries(outputs).map(([name, text]) => [name, text.replace(/<([^<>]+)>/g, find)]),
  );
}
