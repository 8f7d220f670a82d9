/** Which resource provider takes which type: what it checks, what it does, what it adds to the resource. */
import { roleAssignment, roleDefinition } from './authorization.js';
import { systemTopic, topic } from './eventGrid.js';
import { eventSubscription } from './eventSubscriptions.js';
import type { StoredResource, TemplateResource } from './types.js';
import { site, siteConfig } from './web.js';
import { tenantOf, type World } from './world.js';

/**
 * Checks a resource and gives it its effect. Returns what the deployment adds to it. Throws a `Refusal` where Azure would
 * refuse it.
 *
 * @param before the same resource as it was deployed last
 */
type Provider = (
  world: World,
  resource: TemplateResource,
  before: StoredResource | undefined,
) => Readonly<Record<string, string>> | undefined;

/** Other types are kept as they are, once their names, places and parents have been looked at. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  'microsoft.authorization/roleassignments': roleAssignment,
  'microsoft.authorization/roledefinitions': roleDefinition,
  'microsoft.eventgrid/systemtopics': systemTopic,
  'microsoft.eventgrid/systemtopics/eventsubscriptions': eventSubscription,
  'microsoft.eventgrid/topics': topic,
  'microsoft.eventgrid/topics/eventsubscriptions': eventSubscription,
  'microsoft.managedidentity/userassignedidentities': managedIdentity,
  'microsoft.storage/storageaccounts': storageAccount,
  'microsoft.web/sites': site,
  'microsoft.web/sites/config': siteConfig,
};

/** A user-assigned identity becomes a principal of the directory, once. */
function managedIdentity(
  world: World,
  { id, name }: TemplateResource,
  before: StoredResource | undefined,
): Readonly<Record<string, string>> {
  if (before !== undefined) return before.added;
  const tenantId = tenantOf(world, id);
  const { clientId, objectId } = world.directory.addPrincipal({
    tenantId,
    displayName: name,
    kind: 'managedIdentity',
  });
  return { clientId, principalId: objectId, tenantId };
}

function storageAccount(_world: World, { name }: TemplateResource): Readonly<Record<string, string>> {
  const services = ['blob', 'queue', 'table'];
  return Object.fromEntries(
    services.map((service) => [
      `primaryEndpoints.${service}`,
      `https://${name}.${service}.core.windows.net/`,
    ]),
  );
}
