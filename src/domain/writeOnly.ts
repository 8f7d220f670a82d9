import { OWNED_VARIABLES } from './backendSettings.js';
import { ENVIRONMENT, OVERRIDES } from './changeList.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { airflowProperties, isHiddenVariable, isMasked } from './runtimeBody.js';

/** Values that a read of a runtime left out and that a write has to send again. */
export interface NeededWriteOnly {
  readonly webServerPassword: boolean;
  readonly gitCredential: boolean;
  /** Hidden environment variables and configuration overrides of somebody else, by name. */
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
  return {
    webServerPassword: airflow.enableAADIntegration === false && hidden(airflow.password),
    gitCredential: usesCredential && isJsonObject(git) && hidden(git.credential),
    variables: [...new Set([ENVIRONMENT, OVERRIDES].flatMap((container) => hiddenIn(airflow[container])))],
  };
}

function hiddenIn(container: Json | undefined): string[] {
  if (!isJsonObject(container)) return [];
  return Object.keys(container).filter(
    (name) => isHiddenVariable(name, container[name]) && !OWNED_VARIABLES.has(name),
  );
}

function hidden(value: Json | undefined): boolean {
  return value === undefined || value === '' || isMasked(value);
}
