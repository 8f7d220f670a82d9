/** Who shares the app's sign-in to Airflow. */
import type { Profile } from '../configuration/profile.js';
import type { PreflightRow } from './report.js';

const SHOWN = 10;

/**
 * Rows that say how many teams share a token of the app. A team is whoever writes DAGs that run as one service principal:
 * they share its credential and all that it reads. A plugin in a web server sees the token that the app signs in with
 * there, and the same token opens every Airflow that takes it. A login by password is of one runtime and shares nothing.
 */
export function sharingRows(profiles: readonly Profile[]): readonly PreflightRow[] {
  const byScope = new Map<string, Map<string, string[]>>();
  for (const { name, credential, access } of profiles) {
    if (access.login.kind !== 'entra') continue;
    const teams = byScope.get(access.login.scope) ?? new Map<string, string[]>();
    const team = `${credential.tenantId}/${credential.clientId}`.toLowerCase();
    teams.set(team, [...(teams.get(team) ?? []), name]);
    byScope.set(access.login.scope, teams);
  }
  return [...byScope].map(([scope, teams]) => rowOf(scope, [...teams.values()]));
}

function rowOf(scope: string, teams: readonly (readonly string[])[]): PreflightRow {
  const row = {
    status: 'ok',
    what: "sign-in to Airflow with the app's identity",
    where: scope,
    why: 'check access',
  } as const;
  if (teams.length === 1) return { ...row, note: 'one team, by its service principal, shares it' };
  const named = teams.slice(0, SHOWN).map((profiles) => profiles.join(' + '));
  const more = teams.length > SHOWN ? ` and ${teams.length - SHOWN} more` : '';
  return {
    ...row,
    note: `${teams.length} teams, by service principal, share it: profiles ${named.join('; ')}${more}. A plugin in the web server of one sees a token that opens the Airflow of the others; access.login with a password keeps them apart`,
  };
}
