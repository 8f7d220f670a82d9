import type { AirflowApi } from '../azure/airflow/api.js';
import type { CheckTarget } from '../domain/activities/checkActivities.js';
import { CLOUDS } from '../domain/configuration/clouds.js';
import type { Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { profileNamed } from './configured.js';
import type { ActivityDeps } from './deps.js';
import { readSecret } from './readSecret.js';

/** The Airflow of a runtime, reached as its profile says. */
export interface ReachedAirflow {
  readonly kind: 'reached';
  readonly api: AirflowApi;
  readonly profile: Profile;
}

/** Resolves the profile and its login; the web server's password is read from the operator's vault. */
export async function airflowOf(
  target: CheckTarget,
  deps: ActivityDeps,
): Promise<ReachedAirflow | CallFailure> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, target.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const { login, trustedOrigin } = profile.access;
  const password =
    login.kind === 'password' ? await readSecret(azure, login.password, 'web server password') : undefined;
  if (password && password.kind !== 'read') return password;
  const api = azure.airflow({
    webUrl: target.webUrl,
    signIn: deps.kinds.named(target.runtime.kind).signIn(CLOUDS[configuration.cloud]),
    login,
    ...(password ? { password: password.value } : {}),
    ...(trustedOrigin ? { trustedOrigin } : {}),
  });
  return { kind: 'reached', api, profile };
}
