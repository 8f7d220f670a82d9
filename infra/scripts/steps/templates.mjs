/** Deploys the templates with the Azure CLI, and gives on what they put out. */
import { appendFileSync } from 'node:fs';
import { briefly, tryAz } from '../az.mjs';
import { hintOf, needed, Stop } from './stop.mjs';

/** What later steps need. */
const OUTPUTS = ['AZURE_RESOURCE_GROUP', 'AIRLOCK_FUNCTION_APP', 'AIRLOCK_PRINCIPAL_ID'];

/**
 * The first time round: everything but the subscriptions to events, whose functions are not there yet. The outputs go to
 * the file that GITHUB_OUTPUT names, else to standard output as lines that a shell evaluates. Throws `Stop`.
 */
export function deployTemplates() {
  console.error('deploying   the templates, without the subscriptions to events: some minutes');
  const { value, said } = createDeployment({ AIRLOCK_SUBSCRIBE: 'false', AIRLOCK_SUBSCRIBE_NOW: 'false' });
  if (said !== undefined) throw new Stop(`The templates were not deployed: ${briefly(said)}${hintOf(said)}`);
  const outputs = OUTPUTS.map((name) => [name, outputOf(value, name)]);
  const file = process.env['GITHUB_OUTPUT'];
  if (file) appendFileSync(file, outputs.map(([name, text]) => `${name}=${text}\n`).join(''));
  else for (const [name, text] of outputs) console.log(`export ${name}=${text}`);
  console.error(`deployed    the templates, to ${outputOf(value, 'AZURE_RESOURCE_GROUP')}`);
}

/**
 * `az deployment sub create` of infra/main.bicepparam: the outputs as `value`, or what was said.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function createDeployment(env) {
  return tryAz(
    [
      'deployment',
      'sub',
      'create',
      '--name',
      `airlock-${needed('AZURE_ENV_NAME')}`,
      '--location',
      needed('AZURE_LOCATION'),
      '--parameters',
      'infra/main.bicepparam',
      '--query',
      'properties.outputs',
    ],
    env,
  );
}

/**
 * An output by its name without regard to case: Resource Manager gives AIRLOCK_URL back as airlocK_URL
 * (https://github.com/Azure/bicep/issues/9360). Throws `Stop` where it is missing, empty, or no name of a resource.
 *
 * @param {Record<string, { value: unknown }> | null | undefined} outputs
 * @param {string} name
 */
function outputOf(outputs, name) {
  const [, output] = Object.entries(outputs ?? {}).find(([key]) => key.toUpperCase() === name) ?? [];
  const text = output?.value;
  if (typeof text === 'string' && /^[\p{L}\p{N}_.()-]+$/u.test(text)) return text;
  const names = Object.keys(outputs ?? {}).join(', ') || 'none';
  throw new Stop(
    `The templates were deployed, but without the output ${name} (there are: ${names}). Do infra/main.bicep and the scripts come from one checkout?`,
  );
}
