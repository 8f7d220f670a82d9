import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../domain/configuration/clouds.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { ApplicationKey } from '../domain/rotation/inventory.js';
import { sameId } from '../domain/values/sameId.js';
import { Secret } from '../domain/values/secret.js';
import { conflict, refused, retry, type ServiceError, serviceError, transientFailure } from './failures.js';
import { RestClient } from './rest.js';

/** A client secret as Microsoft Graph hands it out: the value only here, only once. */
export interface MintedKey {
  readonly kind: 'minted';
  readonly keyId: string;
  readonly value: Secret;
  /** ISO 8601; may be earlier than asked, where a policy of the tenant caps lifetimes. */
  readonly endsOn: string;
}

/** A client secret as Microsoft Graph lists it. */
export interface ListedKey extends ApplicationKey {
  /**
   * The first three characters of its value (https://learn.microsoft.com/graph/api/resources/passwordcredential), so that
   * it stays in the memory of one activity.
   */
  readonly hint?: string;
}

/** Microsoft Graph, with the app's own identity: the client secrets of applications that it owns. */
export class Graph {
  readonly #rest: RestClient;

  constructor(
    private readonly cloud: Cloud,
    identity: () => Promise<TokenCredential>,
  ) {
    this.#rest = new RestClient(identity, cloud.graphScope);
  }

  /** The application's client secrets; the directory is eventually consistent, so the newest may be missing. */
  async keys(
    clientId: string,
  ): Promise<{ readonly kind: 'listed'; readonly keys: readonly ListedKey[] } | CallFailure> {
    const path = `${application(clientId)}?$select=id,appId,passwordCredentials`;
    const answer = await this.#call('GET', path, clientId, 'reading');
    if (answer.kind !== 'answered') return answer;
    const listed = (answer.body as { passwordCredentials?: unknown }).passwordCredentials;
    return { kind: 'listed', keys: (Array.isArray(listed) ? listed : []).flatMap(keyOf) };
  }

  /**
   * Object ids of the application's owners (https://learn.microsoft.com/graph/api/application-list-owners; who may not
   * read the owners themselves is told their ids). An application has at most 100 owners: one page.
   */
  async owners(
    clientId: string,
  ): Promise<{ readonly kind: 'listed'; readonly ids: readonly string[] } | CallFailure> {
    const answer = await this.#call('GET', `${application(clientId)}/owners?$select=id`, clientId, 'reading');
    if (answer.kind !== 'answered') return answer;
    const { value } = answer.body as { value?: unknown };
    const ids = (Array.isArray(value) ? value : []).flatMap((owner: { id?: unknown }) =>
      typeof owner.id === 'string' ? [owner.id] : [],
    );
    return { kind: 'listed', ids };
  }

  /**
   * Adds a client secret (https://learn.microsoft.com/graph/api/application-addpassword). Without an end date it would
   * live two years.
   */
  async addKey(
    clientId: string,
    { displayName, endsOn }: { readonly displayName: string; readonly endsOn: string },
  ): Promise<MintedKey | CallFailure> {
    const body = { passwordCredential: { displayName, endDateTime: endsOn } };
    const answer = await this.#call(
      'POST',
      `${application(clientId)}/addPassword`,
      clientId,
      'adding a key to',
      body,
    );
    if (answer.kind !== 'answered') return answer;
    const minted = answer.body as { keyId?: unknown; secretText?: unknown; endDateTime?: unknown };
    if (typeof minted.keyId !== 'string' || typeof minted.secretText !== 'string') {
      return refused(
        'graphUnreadable',
        `Microsoft Graph added a key to ${clientId} and its answer has no keyId or secretText.`,
        'Look at the application’s client secrets in the portal; remove the newest one, then start the run again.',
      );
    }
    return {
      kind: 'minted',
      keyId: minted.keyId,
      value: new Secret(minted.secretText),
      endsOn: typeof minted.endDateTime === 'string' ? minted.endDateTime : endsOn,
    };
  }

  /** Removes one client secret. One that is not there is removed. */
  async removeKey(clientId: string, keyId: string): Promise<{ readonly kind: 'removed' } | CallFailure> {
    const path = `${application(clientId)}/removePassword`;
    const answer = await this.#call('POST', path, clientId, 'removing a key of', { keyId });
    if (answer.kind === 'answered') return { kind: 'removed' };
    if (answer.kind !== 'refused' || answer.problem.code !== 'graphRefused') return answer;
    // Graph answers 400 for a key that is not there; whether it is gone is read, not guessed from a text.
    const listed = await this.keys(clientId);
    if (listed.kind !== 'listed') return listed;
    if (!listed.keys.some((key) => sameId(key.keyId, keyId))) return { kind: 'removed' };
    // Removed a moment ago, a replica of the directory may list it still: that is no refusal yet.
    return retry(`${answer.problem.message} It still lists the key`);
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    clientId: string,
    doing: string,
    body?: object,
  ): Promise<{ readonly kind: 'answered'; readonly body: unknown } | CallFailure> {
    const what = `${doing} the application ${clientId}`;
    try {
      const answer = await this.#rest.send(method, `${this.cloud.graph}/v1.0${path}`, body);
      if (answer.status >= 200 && answer.status < 300) return { kind: 'answered', body: answer.body };
      return graphFailure(serviceError(answer.failure), what, clientId);
    } catch (error) {
      return graphFailure(serviceError(error), what, clientId);
    }
  }
}

function application(clientId: string): string {
  return `/applications(appId='${encodeURIComponent(clientId)}')`;
}

function keyOf(entry: unknown): ListedKey[] {
  const { keyId, displayName, endDateTime, hint } = entry as Record<string, unknown>;
  if (typeof keyId !== 'string') return [];
  return [
    {
      keyId,
      endsOn: typeof endDateTime === 'string' ? endDateTime : '',
      ...(typeof displayName === 'string' ? { displayName } : {}),
      ...(typeof hint === 'string' && hint !== '' ? { hint } : {}),
    },
  ];
}

function graphFailure(error: ServiceError, what: string, clientId: string): CallFailure {
  const transient = transientFailure(error, `${what} in Microsoft Graph`);
  if (transient) return transient;
  if (isConcurrent(error)) return conflict(error, `${what} in Microsoft Graph`);
  switch (error.status) {
    case 401:
      return refused(
        'graphUnauthorized',
        `Microsoft Graph did not accept the app's token when ${what} (401).`,
        'Look whether the app runs in the tenant of the application, and `cloud` of the configuration.',
      );
    case 403:
      return refused(
        'graphForbidden',
        `Microsoft Graph refuses ${what} (403 ${error.code ?? ''}): the app's identity needs Application.ReadWrite.OwnedBy and must own the application.`,
        `az rest --method POST --uri ${GRAPH_ASSIGN}, and az ad app owner add --id ${clientId} --owner-object-id <object id of the app's identity>`,
      );
    case 404:
      return refused(
        'graphApplicationMissing',
        `Microsoft Graph finds no application ${clientId} (404).`,
        "Correct clientId and tenantId of the credential; the app's identity must be of the same tenant.",
      );
    default:
      return (
        policyFailure(error.code ?? '') ??
        refused(
          'graphRefused',
          `Microsoft Graph refused ${what} (${error.status ?? '?'} ${error.code ?? ''}).`,
          'Look at the application under App registrations: its client secrets, its owners, policies of the tenant.',
        )
      );
  }
}

/**
 * Two writes to one application, or one too close to the last: `Directory_ConcurrencyViolation`, which users report as 400,
 * 409 and 503, and as 400 with `Request_BadRequest` and the same text. Graph's reference names neither; a conflict of any
 * other kind passes as well.
 */
function isConcurrent({ status, code, concurrent }: ServiceError): boolean {
  return (
    status === 409 || code === 'Directory_ConcurrencyViolation' || (status === 400 && concurrent === true)
  );
}

/** What an application management policy (https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy) forbids. */
function policyFailure(code: string): CallFailure | undefined {
  if (code.startsWith('CredentialInvalidLifetime')) {
    return refused(
      'credentialPolicy',
      `A policy of the tenant refuses a client secret that lives so long (${code}).`,
      'Lower rotation.validityDays of the credential to what the application management policy allows.',
    );
  }
  if (!/AsPer(?:App|Tenant)?Policy$/.test(code)) return undefined;
  return refused(
    'credentialPolicy',
    `A policy of the tenant forbids to add client secrets to the application (${code}).`,
    'Let the application management policy except the application.',
  );
}

const GRAPH_ASSIGN =
  'https://graph.microsoft.com/v1.0/servicePrincipals/<object id>/appRoleAssignments (role 18a4783c-866b-4cc7-a460-3d5e5662c884)';
