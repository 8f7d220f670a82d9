/** Microsoft Graph: the client secrets of applications, for callers that may change them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { GRAPH_AUDIENCES } from '../entra/audiences.js';
import type { Directory } from '../entra/directory.js';
import type { Application, PasswordCredential } from '../entra/directoryState.js';
import { concurrent, notFound, refusal } from './answers.js';
import { addOwner, answerServicePrincipal, denied } from './grants.js';
import { routeOf } from './routes.js';

const HOSTS = ['graph.microsoft.com', 'graph.microsoft.us', 'microsoftgraph.chinacloudapi.cn'];

const ADD = z.object({
  passwordCredential: z
    .object({
      displayName: z.string().nullish(),
      startDateTime: z.iso.datetime({ offset: true }).nullish(),
      endDateTime: z.iso.datetime({ offset: true }).nullish(),
    })
    .nullish(),
});
const REMOVE = z.object({ keyId: z.guid() });
/** A write to an application that comes sooner after another is refused, as users report it; the real time is not known. */
const APART_MS = 1000;

export function createGraph(kernel: Kernel, { directory }: { readonly directory: Directory }): Service {
  const lastWrites = new Map<string, number>();
  /** The directory refuses a write that meets another; one that it refuses itself is none. */
  const apart = (application: Application, write: () => ServiceResponse): ServiceResponse => {
    const now = kernel.clock.now();
    const last = lastWrites.get(application.clientId);
    if (last !== undefined && now - last < APART_MS) return concurrent();
    const response = write();
    if (response.status < 300) lastWrites.set(application.clientId, now);
    return response;
  };

  const callerOf = ({ headers }: ServiceRequest) =>
    directory.inspect(headers['authorization'], GRAPH_AUDIENCES);

  const add = (application: Application, request: ServiceRequest): ServiceResponse => {
    const parsed = ADD.safeParse(json(request));
    if (!parsed.success) return refusal(400, 'Request_BadRequest', 'Invalid value specified for property.');
    const { displayName, startDateTime, endDateTime } = parsed.data.passwordCredential ?? {};
    const now = kernel.clock.now();
    if (endDateTime && Date.parse(endDateTime) <= now) {
      return refusal(400, 'Request_BadRequest', "The value of 'endDateTime' lies in the past.");
    }
    const capped = directory.cappedEnd(endDateTime ?? undefined);
    if (capped === 'refused') {
      return refusal(
        400,
        'CredentialInvalidLifetimeAsPerAppPolicy',
        'The credential lifetime exceeds the max value allowed as per assigned policy.',
      );
    }
    const password = directory.addPassword(application.clientId, {
      ...(displayName ? { displayName } : {}),
      ...(startDateTime ? { startDateTime } : {}),
      ...(capped === undefined ? {} : { endDateTime: capped }),
    });
    if (password === undefined) return notFound(application.clientId);
    return { status: 200, body: { ...shown(password), secretText: password.value } };
  };

  const remove = (application: Application, request: ServiceRequest, by: string): ServiceResponse => {
    const parsed = REMOVE.safeParse(json(request));
    if (!parsed.success) return refusal(400, 'Request_BadRequest', 'Invalid value specified for keyId.');
    return directory.removePassword(application.clientId, parsed.data.keyId, by)
      ? { status: 204 }
      : refusal(400, 'Request_BadRequest', `No password credential found with keyId '${parsed.data.keyId}'.`);
  };

  const answer = (request: ServiceRequest): ServiceResponse => {
    const caller = callerOf(request);
    if (caller === undefined) {
      return refusal(401, 'InvalidAuthenticationToken', 'Access token is empty or not valid.');
    }
    const route = routeOf(request);
    if (route === undefined) return refusal(404, 'ResourceNotFound', 'Resource not found for the segment.');
    if (!route.operation.startsWith('applications.')) {
      return answerServicePrincipal(directory, route, caller.clientId, json(request));
    }
    const change = !['applications.get', 'applications.owners'].includes(route.operation);
    const application = directory
      .applications()
      .find((one) => same(route.by === 'appId' ? one.clientId : one.objectId, route.id));
    if (!directory.mayUseGraph(caller.clientId, change, application?.clientId ?? '')) {
      return denied();
    }
    if (application === undefined || !same(application.tenantId, caller.tenantId)) return notFound(route.id);
    switch (route.operation) {
      case 'applications.get':
        return { status: 200, body: applicationBody(application, directory) };
      case 'applications.owners':
        return { status: 200, body: { value: directory.ownersOf(application.clientId).map(ownerBody) } };
      case 'applications.addPassword':
        return apart(application, () => add(application, request));
      case 'applications.removePassword':
        return apart(application, () => remove(application, request, caller.clientId));
      case 'applications.addOwner':
        return addOwner(directory, application, json(request));
      default:
        return notFound(route.id);
    }
  };

  return {
    name: 'graph',
    hosts: HOSTS,
    describe(request) {
      const route = routeOf(request);
      const caller = callerOf(request)?.clientId;
      return {
        operation: route?.operation ?? 'unknown',
        ...(caller === undefined ? {} : { caller }),
        ...(route === undefined
          ? {}
          : {
              subject: `${route.operation.startsWith('applications.') ? 'applications' : 'servicePrincipals'}/${route.id}`,
            }),
      };
    },
    async handle(request) {
      return { ...answer(request), headers: { 'request-id': randomUUID() } };
    },
    snapshot: () => null,
    restore() {},
  };
}

function applicationBody(application: Application, directory: Directory): object {
  return {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#applications/$entity',
    id: application.objectId,
    appId: application.clientId,
    displayName: application.displayName,
    passwordCredentials: directory
      .listedPasswords(application.clientId)
      .map((password) => ({ ...shown(password), secretText: null })),
  };
}

function ownerBody(owner: { clientId: string; objectId: string; displayName: string }): object {
  const { objectId: id, clientId: appId, displayName } = owner;
  return { '@odata.type': '#microsoft.graph.servicePrincipal', id, appId, displayName };
}

function shown({ keyId, displayName, startDateTime, endDateTime, hint }: PasswordCredential): object {
  return { customKeyIdentifier: null, keyId, displayName, startDateTime, endDateTime, hint };
}

function json({ body }: ServiceRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
