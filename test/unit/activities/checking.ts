/** An Airflow that can be checked, for the tests of the activities of an access check. */

import type { CheckTarget } from '../../../src/domain/activities/checkActivities.js';
import type { Profile } from '../../../src/domain/configuration/profile.js';
import { ActivityContext, OF_ATTIC } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';

export const TARGET: CheckTarget = {
  runtime: memoryId('attic', 'etl'),
  profile: 'attic',
  webUrl: 'https://attic.etl.library.example',
  dagsFromGit: false,
};
const { dagId } = OF_ATTIC.access.proof;

export { dagId as DAG };

export const PASSWORD_SECRET = { vault: 'https://contoso-ops.vault.azure.net', name: 'airflow-password' };

/** The profile with other settings of its access check. */
export function accessing(access: Partial<Profile['access']>): Partial<Profile> {
  return { access: { ...OF_ATTIC.access, ...access } };
}

/** With a password in place of the app's own identity. */
export const BY_PASSWORD = accessing({
  login: { kind: 'password', userName: 'airlock', password: PASSWORD_SECRET },
});

/** With a DAG of the user's own in place of the challenge. */
export const BY_OWN_DAG = accessing({ proof: { kind: 'dag', dagId } });

/** A context whose Airflow has the DAG of the check. */
export function checkable(profile: Partial<Profile> = {}): ActivityContext {
  const context = new ActivityContext(profile);
  context.airflow.add(dagId);
  return context;
}
