import type { AirflowApi, AirflowTarget } from '../../azure/airflow/api.js';
import type { ProblemCode } from '../../domain/problems/catalogue.js';
import type { Azure } from '../azure.js';

type Health = Awaited<ReturnType<AirflowApi['health']>>;

export interface TriedLogin {
  readonly api: AirflowApi;
  readonly health: Health;
  /** The scope that was accepted, where tokens are what the login is made with. */
  readonly accepted?: string;
}

/** Refusals that say nothing but that it was the wrong kind of token. */
const NOT_THIS_SCOPE: readonly ProblemCode[] = ['airflowUnauthorized', 'airflowScopeUnknown'];

/**
 * Logs in as the profile says and, where its scope is refused, with the other ones of the runtime's kind: nothing public
 * says which of them a runtime accepts. A token for any of them opens nothing but these web servers.
 */
export async function tryLogin(azure: Azure, target: AirflowTarget): Promise<TriedLogin> {
  const { login } = target;
  const asConfigured = azure.airflow(target);
  const health = await asConfigured.health();
  if (login.kind !== 'entra') return { api: asConfigured, health };
  if (health.kind === 'healthy') return { api: asConfigured, health, accepted: login.scope };
  if (!isScopeRefused(health)) return { api: asConfigured, health };
  for (const scope of target.signIn.scopes) {
    if (scope === login.scope) continue;
    const api = azure.airflow({ ...target, login: { ...login, scope } });
    const other = await api.health();
    if (other.kind === 'healthy') return { api, health: other, accepted: scope };
  }
  return { api: asConfigured, health };
}

function isScopeRefused(health: Health): boolean {
  return health.kind === 'refused' && NOT_THIS_SCOPE.includes(health.problem.code);
}
