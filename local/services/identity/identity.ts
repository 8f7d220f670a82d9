/**
 * App Service's managed-identity endpoint, API version 2019-08-01: plain http on loopback, reached through
 * `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` and not through a public host name
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference).
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Kernel, Service, ServiceResponse } from '../../kernel/types.js';
import { isKnownResource } from '../entra/audiences.js';
import type { Directory } from '../entra/directory.js';

/** Path of the endpoint below its origin. */
export const IDENTITY_PATH = '/msi/token';

/** App Service hands out tokens for a day. */
const LIFETIME_SECONDS = 24 * 3600 - 1;

const STATE = z.object({
  header: z.string(),
  systemAssigned: z.string().nullable(),
  userAssigned: z.array(z.string()),
});

export interface Identity extends Service {
  /** What `IDENTITY_HEADER` must hold. */
  readonly header: string;
  /** Gives the app its system-assigned identity; the principal must be in the directory. */
  assignSystem(clientId: string): void;
  /** Gives the app a user-assigned identity besides. */
  assignUser(clientId: string): void;
}

export interface IdentityPeers {
  readonly directory: Directory;
  /** What `IDENTITY_HEADER` holds already; absent: a random one. */
  readonly header?: string | undefined;
}

export function createIdentity(kernel: Kernel, { directory, header }: IdentityPeers): Identity {
  let state: z.infer<typeof STATE> = {
    header: header ?? randomBytes(16).toString('hex').toUpperCase(),
    systemAssigned: null,
    userAssigned: [],
  };

  /** The identity asked for: one by client id, else the system-assigned one. */
  const identityFor = (clientId: string | null): string | undefined => {
    if (clientId === null) return state.systemAssigned ?? undefined;
    const assigned = [
      ...(state.systemAssigned === null ? [] : [state.systemAssigned]),
      ...state.userAssigned,
    ];
    return assigned.find((candidate) => candidate.toLowerCase() === clientId.toLowerCase());
  };

  return {
    name: 'identity',
    // The proxy answers for public host names only; this endpoint has an origin of its own.
    hosts: [],
    get header() {
      return state.header;
    },

    describe({ url }) {
      const caller = identityFor(url.searchParams.get('client_id'));
      const subject = url.searchParams.get('resource') ?? '';
      return { operation: 'token', ...(caller === undefined ? {} : { caller }), subject };
    },

    async handle({ method, url, headers }) {
      if (url.pathname !== IDENTITY_PATH) return refusal(404, 'Not found.');
      if (method !== 'GET') return refusal(405, 'The endpoint serves GET only.');
      if (headers['x-identity-header'] !== state.header) {
        return refusal(401, 'The header X-IDENTITY-HEADER is missing or wrong.');
      }
      if (url.searchParams.get('api-version') !== '2019-08-01') {
        return refusal(400, 'The api-version is missing or not supported; use 2019-08-01.');
      }
      const resource = url.searchParams.get('resource');
      if (resource === null) return refusal(400, 'The parameter resource is missing.');
      if (!isKnownResource(resource)) {
        return refusal(
          400,
          `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`,
        );
      }
      const clientId = identityFor(url.searchParams.get('client_id'));
      const issued =
        clientId === undefined ? undefined : directory.issue(clientId, resource, LIFETIME_SECONDS);
      if (clientId === undefined || issued === undefined) {
        return refusal(400, 'No Managed Identity found for specified ClientId/ResourceId/PrincipalId.');
      }
      return {
        status: 200,
        body: {
          access_token: issued.token,
          expires_on: String(issued.expiresAt),
          resource,
          token_type: 'Bearer',
          client_id: clientId,
        },
      };
    },

    assignSystem(clientId) {
      state.systemAssigned = clientId;
      kernel.changed();
    },

    assignUser(clientId) {
      state.userAssigned.push(clientId);
      kernel.changed();
    },

    snapshot: () => structuredClone(state),
    restore(saved) {
      state = STATE.parse(saved);
    },
  };
}

function refusal(statusCode: number, message: string): ServiceResponse {
  return { status: statusCode, body: { statusCode, message } };
}
