import type { Profile } from '../configuration/profile.js';
import { isJsonObject, type Json } from '../values/json.js';
import { type AirflowSettings, ENVIRONMENT, OVERRIDES } from './airflowSettings.js';
import { OWNED_VARIABLES } from './backendSettings.js';
import { isHiddenVariable } from './masking.js';

/**
 * Variables and configuration overrides of somebody else that are hidden, or left out although the profile has them; by name.
 * A write has to send them again.
 */
export function hiddenVariables(
  settings: AirflowSettings,
  { variables }: Profile['writeOnly'],
): readonly string[] {
  const shown = [settings[ENVIRONMENT], settings[OVERRIDES]];
  const leftOut = Object.keys(variables ?? {}).filter(
    (name) => !shown.some((container) => isJsonObject(container) && Object.hasOwn(container, name)),
  );
  return [...new Set([...shown.flatMap(hiddenIn), ...leftOut])];
}

function hiddenIn(container: Json | undefined): string[] {
  if (!isJsonObject(container)) return [];
  return Object.keys(container).filter(
    (name) => isHiddenVariable(name, container[name]) && !OWNED_VARIABLES.has(name),
  );
}
