/**
 * Entra's login endpoint: discovery documents and the token endpoint for client credentials, as MSAL for Node and
 * for Python ask them.
 */
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import {
  applicationUnknown,
  credentialMissing,
  grantUnsupported,
  parameterMissing,
  type Refusal,
  refusalBody,
  resourceUnknown,
  scopeInvalid,
  tenantUnknown,
} from './aadsts.js';
import { isKnownResource } from './audiences.js';
import { type Directory, TOKEN_SECONDS } from './directory.js';

const HOSTS = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn'];

/** Where the first path segment stands for "any tenant". */
const ANY_TENANT = ['common', 'organizations', 'consumers'];

type Route =
  | { kind: 'instances' }
  | { kind: 'metadata'; tenant: string; version: '' | '/v2.0' }
  | { kind: 'keys' }
  | { kind: 'token'; tenant: string }
  | { kind: 'unknown' };

export function createEntra(kernel: Kernel, { directory }: { directory: Directory }): Service {
  return {
    name: 'entra',
    hosts: HOSTS,

    describe(request) {
      const route = routeOf(request);
      if (route.kind !== 'token') return { operation: `discovery.${route.kind}` };
      const clientId = form(request).get('client_id');
      return {
        operation: 'token',
        ...(clientId === null ? {} : { caller: clientId }),
        subject: form(request).get('scope') ?? '',
      };
    },

    async handle(request) {
      const route = routeOf(request);
      switch (route.kind) {
        case 'instances':
          return instances(request);
        case 'metadata':
          return metadata(request, route.tenant, route.version);
        case 'keys':
          return { status: 200, body: { keys: [] } };
        case 'token':
          return token(request, route.tenant);
        case 'unknown':
          return { status: 404, headers: { 'content-type': 'text/html' }, body: '' };
      }
    },

    snapshot: () => directory.snapshot(),
    restore: (state) => directory.restore(state),
  };

  function refuse(request: ServiceRequest, refused: Refusal): ServiceResponse {
    const body = refusalBody(refused, kernel.clock.now(), request.headers['client-request-id']);
    return { status: refused.status, headers: { 'cache-control': 'no-store, no-cache' }, body };
  }

  function metadata(request: ServiceRequest, tenant: string, version: string): ServiceResponse {
    if (!ANY_TENANT.includes(tenant) && !directory.knowsTenant(tenant)) {
      return refuse(request, tenantUnknown(tenant));
    }
    const base = `https://${request.host}/${tenant}`;
    const oauth = `${base}/oauth2${version}`;
    return {
      status: 200,
      body: {
        token_endpoint: `${oauth}/token`,
        token_endpoint_auth_methods_supported: [
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ],
        jwks_uri: `${base}/discovery${version}/keys`,
        response_modes_supported: ['query', 'fragment', 'form_post'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
        issuer: `${base}/v2.0`,
        request_uri_parameter_supported: false,
        authorization_endpoint: `${oauth}/authorize`,
        device_authorization_endpoint: `${oauth}/devicecode`,
        end_session_endpoint: `${oauth}/logout`,
        tenant_region_scope: 'EU',
        cloud_instance_name: request.host.replace(/^login\./, ''),
        msgraph_host: 'graph.microsoft.com',
      },
    };
  }

  function token(request: ServiceRequest, tenant: string): ServiceResponse {
    const asked = form(request);
    const clientId = asked.get('client_id');
    const secret = asked.get('client_secret');
    const scope = asked.get('scope');
    const grant = asked.get('grant_type');
    if (grant === null) return refuse(request, parameterMissing('grant_type'));
    if (grant !== 'client_credentials') return refuse(request, grantUnsupported(grant));
    if (clientId === null) return refuse(request, parameterMissing('client_id'));
    if (scope === null) return refuse(request, parameterMissing('scope'));
    if (!directory.knowsTenant(tenant)) return refuse(request, tenantUnknown(tenant));
    if (secret === null) return refuse(request, credentialMissing());
    const verdict = directory.judge(tenant, clientId, secret);
    if (verdict !== undefined) return refuse(request, verdict);
    const resource = resourceOf(scope);
    if (resource === undefined) return refuse(request, scopeInvalid(scope));
    if (!isKnownResource(resource)) return refuse(request, resourceUnknown(resource, tenant));
    const issued = directory.issue(clientId, resource);
    if (issued === undefined) return refuse(request, applicationUnknown(clientId, tenant));
    return {
      status: 200,
      headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
      body: {
        token_type: 'Bearer',
        expires_in: TOKEN_SECONDS,
        ext_expires_in: TOKEN_SECONDS,
        access_token: issued.token,
      },
    };
  }
}

/** Scopes of OpenID Connect, which MSAL for Go and for Java add to each request of theirs; here they ask for nothing. */
const OF_OPENID = ['openid', 'profile', 'offline_access', 'email'];

/** The one resource that a scope names with `/.default`; `undefined` where there is none, or more than that. */
function resourceOf(scope: string): string | undefined {
  const asked = scope.split(/\s+/).filter((one) => one !== '' && !OF_OPENID.includes(one));
  const [first = '', ...more] = asked;
  return more.length === 0 && first.endsWith(DEFAULT) ? first.slice(0, -DEFAULT.length) : undefined;
}

const DEFAULT = '/.default';

/** The aliases of each cloud's login host, as the instance discovery endpoint tells them. */
function instances(request: ServiceRequest): ServiceResponse {
  const endpoint = request.url.searchParams.get('authorization_endpoint') ?? `https://${request.host}/common`;
  const tenant = URL.canParse(endpoint) ? new URL(endpoint).pathname.split('/')[1] : undefined;
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `https://${request.host}/${tenant ?? 'common'}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: 'login.microsoftonline.com',
          preferred_cache: 'login.windows.net',
          aliases: [
            'login.microsoftonline.com',
            'login.windows.net',
            'login.microsoft.com',
            'sts.windows.net',
          ],
        },
        {
          preferred_network: 'login.partner.microsoftonline.cn',
          preferred_cache: 'login.partner.microsoftonline.cn',
          aliases: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
        },
        {
          preferred_network: 'login.microsoftonline.us',
          preferred_cache: 'login.microsoftonline.us',
          aliases: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
        },
      ],
    },
  };
}

function form(request: ServiceRequest): URLSearchParams {
  return new URLSearchParams(request.body.toString('utf8'));
}

function routeOf({ method, url }: ServiceRequest): Route {
  const [tenant = '', ...rest] = url.pathname.split('/').filter((part) => part !== '');
  const path = rest.join('/').toLowerCase();
  if (method === 'POST')
    return path === 'oauth2/v2.0/token' ? { kind: 'token', tenant } : { kind: 'unknown' };
  if (method !== 'GET') return { kind: 'unknown' };
  switch (path) {
    case 'discovery/instance':
      return { kind: 'instances' };
    case 'v2.0/.well-known/openid-configuration':
      return { kind: 'metadata', tenant, version: '/v2.0' };
    case '.well-known/openid-configuration':
      return { kind: 'metadata', tenant, version: '' };
    case 'discovery/v2.0/keys':
    case 'discovery/keys':
      return { kind: 'keys' };
    default:
      return { kind: 'unknown' };
  }
}
