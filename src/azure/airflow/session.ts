import type { TokenCredential } from '@azure/core-auth';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { flawOf } from '../../domain/settings/secretFlaws.js';
import { isTransient, refused, retry, retryAfterSeconds } from '../failures.js';
import { deadline } from '../identity.js';
import type { AirflowTarget, ApiVersion } from './api.js';
import { send } from './http.js';
import { textOf } from './textOf.js';

/** Entra's word for a resource that the tenant has no service principal of. */
const NO_SUCH_RESOURCE = 'AADSTS500011';

/** How the app signs in to the Airflow of one runtime, and what it means where that is refused. */
export class AirflowSession {
  #token: string | undefined;

  constructor(
    private readonly target: AirflowTarget,
    private readonly origin: string,
    private readonly identity: () => Promise<TokenCredential>,
  ) {}

  /** The value of the header `authorization`. */
  async authorization(api: ApiVersion): Promise<string | CallFailure> {
    const { login, password } = this.target;
    if (login.kind === 'entra') {
      const credential = await this.identity();
      try {
        const token = await credential.getToken(login.scope, { abortSignal: deadline() });
        return token ? `Bearer ${token.token}` : retry("the app's identity gives no token");
      } catch (error) {
        if (!(error instanceof Error && error.message.includes(NO_SUCH_RESOURCE))) throw error;
        return refused(
          'airflowScopeUnknown',
          `Entra gives no token for ${login.scope}: the tenant has no application of that name (${NO_SUCH_RESOURCE}).`,
          `Give access.login.scope another value: ${this.target.signIn.scopes.join(' or ')}; the preflight says which one is accepted.`,
        );
      }
    }
    const secret = password?.reveal() ?? '';
    if (api === 'v1') return `Basic ${Buffer.from(`${login.userName}:${secret}`, 'utf8').toString('base64')}`;
    if (this.#token === undefined) {
      const answer = await send(
        'POST',
        `${this.origin}/auth/token`,
        {},
        { username: login.userName, password: secret },
      );
      const token = textOf(answer.json, 'access_token') ?? textOf(answer.json, 'jwt_token');
      if (isTransient(answer.status)) {
        const after = retryAfterSeconds((name) => answer.headers.get(name), Date.now());
        return retry(`the Airflow web server gives no token yet (${answer.status})`, after);
      }
      // Airflow 2 has no such path: the version is asked for before it is known, and health needs no login.
      if (!token) return answer.status === 401 ? this.failure(401) : 'Bearer none';
      this.#token = token;
    }
    return `Bearer ${this.#token}`;
  }

  /** What an answer 401 or 403 says of the login, and what fixes it. */
  failure(status: 401 | 403): CallFailure {
    const entra = this.target.login.kind === 'entra';
    const flaw = this.target.password ? flawOf(this.target.password) : undefined;
    if (status === 401) {
      return refused(
        'airflowUnauthorized',
        `The Airflow web server does not accept the login (401)${flaw ? `: the password's value in the vault ${flaw}` : ''}.`,
        entra
          ? 'Start a preflight, which says which access.login.scope is accepted; where the runtime has Entra integration off, use login kind `password`.'
          : 'Look at access.login of the profile: user name, and the password in the vault.',
      );
    }
    return refused(
      'airflowForbidden',
      'The Airflow web server accepts the login but forbids the call (403).',
      entra
        ? `az role assignment create --role Contributor --assignee <principal id of the app's identity> --scope ${this.target.signIn.grantedOn}`
        : 'Give the user of access.login a role in Airflow that may trigger DAGs.',
    );
  }
}
