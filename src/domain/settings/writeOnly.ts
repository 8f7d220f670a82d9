import type { Profile } from '../configuration/profile.js';
import { isJsonObject, type Json, type JsonObject } from '../values/json.js';
import { OWNED_VARIABLES } from './backendSettings.js';
import { ENVIRONMENT, OVERRIDES } from './changeList.js';
import { isHiddenVariable, isMask, isMasked } from './masking.js';
import { airflowProperties } from './runtimeBody.js';

/** Values that a read of a runtime left out and that a write has to send again. */
export interface NeededWriteOnly {
  readonly webServerPassword: boolean;
  readonly gitCredential: boolean;
  /** Variables and configuration overrides of somebody else that are hidden, or left out although the profile has them; by name. */
  readonly variables: readonly string[];
}

/** What this body lacks. In doubt a value is needed: the conflict can be mended, its loss cannot. */
export function neededWriteOnly(body: JsonObject, writeOnly: Profile['writeOnly']): NeededWriteOnly {
  const airflow = airflowProperties(body) ?? {};
  const shown = [ENVIRONMENT, OVERRIDES].map((container) => airflow[container]);
  const leftOut = Object.keys(writeOnly.variables ?? {}).filter(
    (name) => !shown.some((container) => isJsonObject(container) && Object.hasOwn(container, name)),
  );
  return {
    webServerPassword: isPutInPlace(airflow.password) || (usesPassword(airflow) && hidden(airflow.password)),
    gitCredential: usesGitCredential(airflow.gitSyncProperties),
    variables: [...new Set([...shown.flatMap(hiddenIn), ...leftOut])],
  };
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
  if (!isJsonObject(git) || !hidden(git.credential)) return false;
  if (isPutInPlace(git.credential)) return true;
  const { gitCredentialType: type, repo } = git;
  if (typeof type === 'string' && type !== '') return type.toLowerCase() !== 'none';
  return typeof repo === 'string' && repo !== '';
}

function hiddenIn(container: Json | undefined): string[] {
  if (!isJsonObject(container)) return [];
  return Object.keys(container).filter(
    (name) => isHiddenVariable(name, container[name]) && !OWNED_VARIABLES.has(name),
  );
}

/** A mask says that there is a value, whatever the settings beside it say; null says nothing. */
function isPutInPlace(value: Json | undefined): boolean {
  return value !== null && isMask(value);
}

function hidden(value: Json | undefined): boolean {
  return value === undefined || value === '' || isMasked(value);
}
