import { isJsonObject, type Json, type JsonObject } from './json.js';
import { airflowProperties, isMasked } from './runtimeBody.js';

/** Values that a read of a runtime left out and that a write has to send again. */
export interface NeededWriteOnly {
  readonly webServerPassword: boolean;
  readonly gitCredential: boolean;
  /** Hidden environment variables, by name. */
  readonly variables: readonly string[];
}

/**
 * What this body lacks. A password is expected only where `enableAADIntegration` is false, a git credential only where
 * `gitCredentialType` is present and not `None`.
 */
export function neededWriteOnly(body: JsonObject): NeededWriteOnly {
  const airflow = airflowProperties(body) ?? {};
  const git = airflow.gitSyncProperties;
  const gitType = isJsonObject(git) ? git.gitCredentialType : undefined;
  const usesCredential = typeof gitType === 'string' && gitType.toLowerCase() !== 'none';
  const environment = airflow.airflowEnvironmentVariables;
  return {
    webServerPassword: airflow.enableAADIntegration === false && hidden(airflow.password),
    gitCredential: usesCredential && isJsonObject(git) && hidden(git.credential),
    variables: isJsonObject(environment)
      ? Object.keys(environment).filter((name) => isMasked(environment[name]))
      : [],
  };
}

function hidden(value: Json | undefined): boolean {
  return value === undefined || value === '' || isMasked(value);
}
