/** The containers of a runtime's settings, looked at before they are believed. */

import { listRequirements } from '../requirements/requirements.js';
import { isJsonObject, type Json, type JsonObject } from '../values/json.js';
import {
  type AirflowSettings,
  CONTAINERS,
  type Container,
  type Containers,
  ENVIRONMENT,
  OVERRIDES,
  REQUIREMENTS,
} from './airflowSettings.js';
import { isMask, isMasked } from './masking.js';

/** The variables, by what holds them; none where a container is no object. */
export function containersOf(settings: AirflowSettings): Containers {
  return { [ENVIRONMENT]: members(settings[ENVIRONMENT]), [OVERRIDES]: members(settings[OVERRIDES]) };
}

/** Containers in a shape that nobody knows: they could not be written back whole. */
export function unreadableIn(settings: AirflowSettings): readonly Container[] {
  return CONTAINERS.filter((container) => !readableShape(container, settings[container]));
}

function members(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** A mask in place of a whole container, or in a list, is no content. */
function readableShape(key: Container, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (key !== REQUIREMENTS) return isJsonObject(value) && !isMask(value);
  return listRequirements(value)?.every((requirement) => !isMasked(requirement)) === true;
}
