/** Values of an integration runtime that a read leaves out and a write has to send again. */

import type { Conflict } from '../../domain/runs/plan.js';
import { isMask, isMasked } from '../../domain/settings/masking.js';
import type { NeededValue } from '../../domain/settings/snapshot.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/values/json.js';

/** What these properties of an Airflow lack. In doubt a value is needed: the conflict can be fixed, its loss cannot. */
export function neededValues(airflow: JsonObject): readonly NeededValue[] {
  const { password, gitSyncProperties } = airflow;
  const needsPassword = isPutInPlace(password) || (usesPassword(airflow) && hidden(password));
  return [
    ...(needsPassword ? [{ name: 'webServerPassword', conflict: passwordNeeded() } as const] : []),
    ...(usesGitCredential(gitSyncProperties)
      ? [{ name: 'gitCredential', conflict: gitCredentialNeeded() } as const]
      : []),
  ];
}

/**
 * Entra integration is off, or a user name shows that there was a password. Entra integration "allows Microsoft Entra ID
 * to login" (https://learn.microsoft.com/azure/data-factory/rest-apis-for-airflow-integrated-runtime): nobody says that a
 * password beside it has no effect, and whoever turns the integration off later would find that it is gone.
 */
function usesPassword({ enableAADIntegration: entra, userName }: JsonObject): boolean {
  return entra === false || (typeof userName === 'string' && userName !== '');
}

/** The credential's type is another than `None`, or it is not said and there is a repository. */
function usesGitCredential(git: Json | undefined): boolean {
  if (!isJsonObject(git) || !hidden(git['credential'])) return false;
  if (isPutInPlace(git['credential'])) return true;
  const { gitCredentialType: type, repo } = git;
  if (typeof type === 'string' && type !== '') return type.toLowerCase() !== 'none';
  return typeof repo === 'string' && repo !== '';
}

/** A mask says that there is a value, whatever the settings beside it say; null says nothing. */
function isPutInPlace(value: Json | undefined): boolean {
  return value !== null && isMask(value);
}

function hidden(value: Json | undefined): boolean {
  return value === undefined || value === '' || isMasked(value);
}

function passwordNeeded(): Conflict {
  return {
    code: 'passwordNeeded',
    setting: 'password',
    message:
      'This Airflow has a login with a password, which a read omits; a write without it would lose it.',
    remedy:
      "Put the password into the operator's vault and name it in the profile: writeOnly.webServerPassword. Where Entra integration is on and nobody needs the password, set userName to null instead.",
  };
}

function gitCredentialNeeded(): Conflict {
  return {
    code: 'gitCredentialNeeded',
    setting: 'gitSyncProperties.credential',
    message: 'The runtime syncs with git, whose credential a read omits; a write without it would lose it.',
    remedy:
      "Put the credential into the operator's vault and name it in the profile: writeOnly.gitCredential.",
  };
}
