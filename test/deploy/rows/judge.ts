/** What must hold at the end of a deployment that ended well, whatever happened on the way. */
import { ENVIRONMENT_NAME, LOCATION, READER } from '../cloud/names.js';
import { functionSubscriptions } from '../cloud/subscribe.js';
import type { RehearsalContext } from '../context.js';

/** The environment variables with which the templates are whole: everything is subscribed. */
const WHOLE = {
  AZURE_ENV_NAME: ENVIRONMENT_NAME,
  AZURE_LOCATION: LOCATION,
  AIRLOCK_SUBSCRIBE: 'true',
  AIRLOCK_SUBSCRIBE_NOW: 'true',
};

/** What is not as it should be, a line each. */
export async function faultsAtTheEnd(
  { cloud, templates }: RehearsalContext,
  folder: string,
): Promise<readonly string[]> {
  const { deployments, directory } = cloud.azure;
  const whole = await templates(folder, WHOLE);
  const wanted = whole.resources.filter(({ type }) => type !== 'Microsoft.Resources/deployments');
  const made = new Map(deployments.resources().map((one) => [one.id.toLowerCase(), one]));
  const missing = wanted.filter(({ id }) => !made.has(id.toLowerCase()));
  const sites = wanted.filter(({ type }) => type === 'Microsoft.Web/sites');
  const subscribed = functionSubscriptions(cloud);
  const lost = subscribed.filter(
    ({ site, functionName }) => !deployments.functionsOf(site).includes(functionName),
  );
  const owners = directory.ownersOf(READER).map(({ clientId }) => clientId);
  const [owner] = owners;
  const mayMint =
    owner !== undefined && directory.graphPermissionsOf(owner).includes('Application.ReadWrite.OwnedBy');
  return [
    ...missing.map(({ type, name }) => `${type} ${name} was not made`),
    ...(subscribed.length === 0 ? ['nothing is subscribed to events'] : []),
    ...lost.map(({ name, functionName }) => `${name} points to ${functionName}, which is not indexed`),
    ...sites.filter(({ id }) => !deployments.isRunning(id)).map(({ name }) => `${name} does not run`),
    ...(mayMint ? [] : ["the app's identity may not mint client secrets"]),
  ];
}
