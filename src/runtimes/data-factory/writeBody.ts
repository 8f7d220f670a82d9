/** The body of a write: what a read gave, with other settings in it. */

import { type AirflowSettings, CONTAINERS } from '../../domain/settings/airflowSettings.js';
import type { NeededValue } from '../../domain/settings/snapshot.js';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  withMember,
  withoutMembers,
} from '../../domain/values/json.js';
import type { Secret } from '../../domain/values/secret.js';
import { airflowProperties } from './airflowProperties.js';
import { WORDS } from './words.js';
import { neededValues } from './writeOnly.js';

/** Members of the resource that the service calls read-only. */
const READ_ONLY = ['id', 'etag', 'type', 'systemData'];
const READ_ONLY_PROPERTIES = ['state'];

/**
 * The body of the write: the body of the read with these settings in it. Everything else goes back as the same JSON
 * value, known or unknown; only what the service calls read-only is left out. `airflowWebUrl` and other members that the
 * documentation shows in answers alone go back too: whether they are settings is not documented, and a service ignores
 * what it does not take, while it may lose what it does not get.
 *
 * The result holds secrets in clear and must go nowhere but into the request.
 *
 * @param hiddenValues values that the read left out
 */
export function bodyWith(
  body: JsonObject,
  settings: AirflowSettings,
  hiddenValues: Partial<Record<NeededValue['name'], Secret>>,
): JsonObject {
  let airflow = airflowProperties(body) ?? {};
  const needed = neededValues(airflow).map(({ name }) => name);
  for (const container of CONTAINERS) {
    const value = settings[container];
    if (value !== undefined) airflow = withMember(airflow, WORDS.settings[container], value);
  }
  if (needed.includes('webServerPassword') && hiddenValues.webServerPassword) {
    airflow = withMember(airflow, 'password', hiddenValues.webServerPassword.reveal());
  }
  const git = airflow['gitSyncProperties'];
  if (needed.includes('gitCredential') && hiddenValues.gitCredential && isJsonObject(git)) {
    const credential = hiddenValues.gitCredential.reveal();
    airflow = withMember(airflow, 'gitSyncProperties', withMember(git, 'credential', credential));
  }

  const properties = withoutMembers(objectOf(body['properties']), READ_ONLY_PROPERTIES);
  const typeProperties = withMember(objectOf(properties['typeProperties']), 'airflowProperties', airflow);
  return withMember(
    withoutMembers(body, READ_ONLY),
    'properties',
    withMember(properties, 'typeProperties', typeProperties),
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
