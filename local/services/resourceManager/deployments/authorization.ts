/** Microsoft.Authorization: role definitions and role assignments, which give their rights in the local cloud. */
import { z } from 'zod';
import { BUILT_IN_ROLES } from '../builtInRoles.js';
import type { Grant } from '../roles.js';
import { Refusal } from './refusal.js';
import type { StoredResource, TemplateResource } from './types.js';
import { need, ofType, same, storedAt, type World } from './world.js';

const DEFINITIONS = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';

const OPERATIONS = z.array(z.string()).default([]);
const DEFINITION = z.looseObject({
  properties: z.looseObject({
    roleName: z.string(),
    permissions: z.array(
      z.looseObject({
        actions: OPERATIONS,
        dataActions: OPERATIONS,
        notActions: OPERATIONS,
        notDataActions: OPERATIONS,
      }),
    ),
  }),
});
const ASSIGNMENT = z.looseObject({
  properties: z.looseObject({
    principalId: z.string(),
    principalType: z.string().optional(),
    roleDefinitionId: z.string(),
  }),
});

/** A role definition that is written; assignments of it get what it says now. */
export function roleDefinition(world: World, resource: TemplateResource): undefined {
  const permissions = permissionsOf(resource);
  const roleName = permissions.role;
  const other = ofType(world, DEFINITIONS).find(
    (one) => !same(one.name, resource.name) && same(roleNameOf(one), roleName),
  );
  if (other !== undefined) {
    throw new Refusal(
      'RoleDefinitionWithSameNameExists',
      `A custom role with the same name already exists in this directory. Use a different name: '${roleName}' is the name of ${other.name}.`,
    );
  }
  const held = world.roles.list();
  for (const assignment of ofType(world, ASSIGNMENTS)) {
    const { roleDefinitionId } = ASSIGNMENT.parse(assignment.body).properties;
    const granted = held.find(({ id }) => id === assignment.id);
    if (granted === undefined || !same(lastOf(roleDefinitionId), resource.name)) continue;
    const { role: _, actions: __, dataActions: ___, ...kept } = granted;
    world.roles.grant({ ...withoutUndefined(kept), ...permissions });
  }
}

/**
 * A role assignment that is written. Where the role must have taken effect, that is `roleSeconds` later
 * (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected).
 */
export function roleAssignment(
  world: World,
  resource: TemplateResource,
  before: StoredResource | undefined,
): undefined {
  const { principalId, principalType, roleDefinitionId } = ASSIGNMENT.parse(resource.body).properties;
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(principalId)) {
    throw new Refusal('InvalidPrincipalId', `'${principalId}' is no object id of a principal.`);
  }
  need(world, resource.scope);
  const permissions = permissionsNamed(world, roleDefinitionId);
  const known = world.directory.servicePrincipal(principalId);
  // With a type Azure does not look the principal up: a new identity has not spread yet.
  if (known === undefined && principalType === undefined) {
    throw new Refusal('PrincipalNotFound', `Principal ${principalId} does not exist in the directory.`);
  }
  if (before !== undefined && !same(ASSIGNMENT.parse(before.body).properties.principalId, principalId)) {
    throw new Refusal(
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  }
  const principal = known?.clientId ?? principalId;
  const held = world.roles.list();
  const other = held.find(
    (one) =>
      one.id !== resource.id &&
      same(one.principal, principal) &&
      same(one.scope, resource.scope) &&
      one.role === permissions.role,
  );
  if (other !== undefined) {
    throw new Refusal(
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${lastOf(other.id)}.`,
    );
  }
  if (held.some(({ id, role }) => id === resource.id && role === permissions.role)) return;
  const takesEffectAt = world.clock.now() + world.options().roleSeconds * 1000;
  world.roles.grant({ ...permissions, id: resource.id, principal, scope: resource.scope, takesEffectAt });
}

type Permissions = Pick<Grant, 'role' | 'actions' | 'dataActions'>;

/** What a role allows, by its definition's id. Throws a `Refusal` where there is none. */
function permissionsNamed(world: World, roleDefinitionId: string): Permissions {
  const id = lastOf(roleDefinitionId);
  const builtIn = Object.entries(BUILT_IN_ROLES).find(([, role]) => same(role.id, id));
  if (builtIn !== undefined) return { role: builtIn[0] };
  const custom =
    storedAt(world, roleDefinitionId) ?? ofType(world, DEFINITIONS).find((one) => same(one.name, id));
  if (custom === undefined) {
    throw new Refusal(
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${id}' does not exist.`,
    );
  }
  return permissionsOf(custom);
}

/** Throws where a role leaves operations out: the local cloud would give them. */
function permissionsOf({ body }: Pick<TemplateResource, 'body'>): Permissions {
  const { roleName, permissions } = DEFINITION.parse(body).properties;
  if (permissions.some(({ notActions, notDataActions }) => notActions.length + notDataActions.length > 0)) {
    throw new Error(
      `The role ${roleName} has notActions or notDataActions, which the local cloud does not play.`,
    );
  }
  return {
    role: roleName,
    actions: permissions.flatMap(({ actions }) => actions),
    dataActions: permissions.flatMap(({ dataActions }) => dataActions),
  };
}

function roleNameOf({ body }: StoredResource): string {
  return DEFINITION.parse(body).properties.roleName;
}

function withoutUndefined<T extends { takesEffectAt?: number | undefined }>({ takesEffectAt, ...rest }: T) {
  return takesEffectAt === undefined ? rest : { ...rest, takesEffectAt };
}

function lastOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
