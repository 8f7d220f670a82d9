/** What an administrator grants in Microsoft Graph: application permissions, and ownership of applications. */
import { z } from 'zod';
import type { ServiceResponse } from '../../kernel/types.js';
import type { Directory } from '../entra/directory.js';
import type { Application, GraphPermission } from '../entra/directoryState.js';
import { notFound, refusal } from './answers.js';
import type { Route } from './routes.js';

/** Microsoft Graph's own application, and its service principal in the emulated tenant. */
const GRAPH_APPLICATION = '00000003-0000-0000-c000-000000000000';
const GRAPH_PRINCIPAL = '9d1c2a5e-0f64-4b0b-8f3e-6a1f7c20d4b8';

/** https://learn.microsoft.com/graph/permissions-reference */
const ROLES: ReadonlyMap<string, GraphPermission> = new Map([
  ['18a4783c-866b-4cc7-a460-3d5e5662c884', 'Application.ReadWrite.OwnedBy'],
  ['1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'Application.ReadWrite.All'],
  ['9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', 'Application.Read.All'],
  ['06b708a9-e830-4db3-a914-8e69da51d44f', 'AppRoleAssignment.ReadWrite.All'],
]);

const ASSIGNMENT = z.object({ principalId: z.guid(), resourceId: z.guid(), appRoleId: z.guid() });
const REFERENCE = z.object({ '@odata.id': z.url() });

/** Answers a call about a service principal; the caller may be refused. */
export function answerServicePrincipal(
  directory: Directory,
  { operation, id }: Route,
  caller: string,
  body: unknown,
): ServiceResponse {
  const held = directory.graphPermissionsOf(caller);
  const mayGrant = held.includes('AppRoleAssignment.ReadWrite.All');
  if (operation === 'appRoleAssignments.grant' ? !mayGrant : held.length === 0) return denied();
  if (operation === 'servicePrincipals.get') {
    const found = id === GRAPH_APPLICATION ? GRAPH_PRINCIPAL : directory.principal(id)?.objectId;
    return found === undefined ? notFound(id) : { status: 200, body: { id: found, appId: id } };
  }
  const principal = directory.servicePrincipal(id);
  if (principal === undefined) return notFound(id);
  const { clientId, objectId: principalId } = principal;
  const granted = directory.graphPermissionsOf(clientId);
  if (operation === 'appRoleAssignments.list') {
    const value = [...ROLES]
      .filter(([, permission]) => granted.includes(permission))
      .map(([appRoleId]) => ({ appRoleId, principalId, resourceId: GRAPH_PRINCIPAL }));
    return { status: 200, body: { value } };
  }
  const parsed = ASSIGNMENT.safeParse(body);
  const permission = parsed.success ? ROLES.get(parsed.data.appRoleId) : undefined;
  if (!parsed.success || permission === undefined || parsed.data.resourceId !== GRAPH_PRINCIPAL) {
    return refusal(400, 'Request_BadRequest', 'Not a valid reference update.');
  }
  if (granted.includes(permission)) {
    return refusal(400, 'Request_BadRequest', 'Permission being assigned already exists on the object');
  }
  directory.grantGraph(clientId, permission);
  return { status: 201, body: parsed.data };
}

/** Makes somebody an owner; twice is refused, as Microsoft Graph does. */
export function addOwner(directory: Directory, application: Application, body: unknown): ServiceResponse {
  const parsed = REFERENCE.safeParse(body);
  const objectId = parsed.success ? (parsed.data['@odata.id'].split('/').at(-1) ?? '') : '';
  const owner = directory.servicePrincipal(objectId);
  if (owner === undefined) return notFound(objectId);
  if (directory.ownersOf(application.clientId).some((one) => one.objectId === owner.objectId)) {
    return refusal(
      400,
      'Request_BadRequest',
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  }
  directory.addOwner(application.clientId, owner.clientId);
  return { status: 204 };
}

export function denied(): ServiceResponse {
  return refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}
