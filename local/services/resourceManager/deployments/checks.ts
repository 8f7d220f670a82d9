/** What Resource Manager looks at before a resource provider sees a resource: name, place, parent, location, version. */
import { z } from 'zod';
import { isRetired, VAULT_API_VERSIONS } from '../vaultVersions.js';
import { checkName } from './names.js';
import { Refusal } from './refusal.js';
import type { StoredResource, TemplateResource } from './types.js';
import { look, need, storedAt, type World } from './world.js';

const IDENTITIES = z.looseObject({
  identity: z
    .looseObject({ userAssignedIdentities: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
});
const PLACED = z.looseObject({ location: z.string().optional() });

/** Throws a `Refusal` for what Resource Manager would refuse whatever the type. */
export function checkResource(
  world: World,
  resource: TemplateResource,
  before: StoredResource | undefined,
): void {
  const { type, id, name } = resource;
  checkName(type, name);
  checkVersion(world, resource);
  const place = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(?=\/)|^\/subscriptions\/[^/]+/i.exec(id)?.[0];
  if (place !== undefined) need(world, place);
  checkParent(world, resource);
  const now = PLACED.parse(resource.body).location;
  const was = before && PLACED.parse(before.body).location;
  if (now !== undefined && was !== undefined && plain(now) !== plain(was)) throw moved(resource, was, now);
  for (const identity of Object.keys(
    IDENTITIES.parse(resource.body).identity?.userAssignedIdentities ?? {},
  )) {
    if (storedAt(world, identity) !== undefined) continue;
    throw new Refusal(
      'FailedIdentityOperation',
      `Identity operation for resource '${id}' failed with error 'Failed to perform resource identity operation: Resource '${identity}' was not found.'.`,
    );
  }
}

/** A child needs its parent: `…/accounts/a/containers/c` the account. */
function checkParent(world: World, { type, id }: TemplateResource): void {
  if (type.split('/').length < 3) return;
  const parent = id.split('/').slice(0, -2).join('/');
  if (look(world, parent) !== undefined) return;
  throw new Refusal(
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`,
  );
}

function checkVersion({ clock }: World, { type, apiVersion, body }: TemplateResource): void {
  if (apiVersion === undefined || !/^Microsoft\.KeyVault\//i.test(type)) return;
  if (VAULT_API_VERSIONS.includes(apiVersion) && !isRetired(apiVersion, clock.now())) return;
  const supported = VAULT_API_VERSIONS.filter((version) => !isRetired(version, clock.now()));
  throw new Refusal(
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${PLACED.parse(body).location ?? ''}' and API version '${apiVersion}' for type '${type.split('/').slice(1).join('/')}'. The supported api-versions are '${supported.join(', ')}'.`,
  );
}

function moved({ type, name }: TemplateResource, was: string, now: string): Refusal {
  return type === 'Microsoft.Resources/resourceGroups'
    ? new Refusal(
        'InvalidResourceGroupLocation',
        `Invalid resource group location '${now}'. The Resource group already exists in location '${was}'.`,
      )
    : new Refusal(
        'InvalidResourceLocation',
        `The resource '${name}' already exists in location '${was}'. A resource with the same name cannot be created in location '${now}'. Please select a new resource name.`,
      );
}

/** `West Europe` and `westeurope` are one location. */
export function plain(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
