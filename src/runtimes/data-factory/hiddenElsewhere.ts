import { hiddenPlaces } from '../../domain/settings/masking.js';
import { isJsonObject, type Json, type JsonObject, withoutMembers } from '../../domain/values/json.js';
import { airflowProperties } from './airflowProperties.js';
import { WORDS } from './words.js';

/** What people write, and what the service says of itself: nothing there is hidden, whatever it looks like. */
const TOLD = ['id', 'etag', 'type', 'systemData', 'name'];
const TOLD_PROPERTIES = ['state', 'description', 'annotations'];
/** As long as a path needs to be found, and no line of its own. */
const SHOWN_LENGTH = 120;

/**
 * Settings that a read hides and that have rules of their own nowhere else: outside of variables, requirements, the web
 * server's password and the git credential. By their path, for people.
 */
export function hiddenElsewhere(body: JsonObject): readonly string[] {
  const properties = withoutMembers(objectOf(body['properties']), [...TOLD_PROPERTIES, 'typeProperties']);
  const typeProperties = withoutMembers(objectOf(objectOf(body['properties'])['typeProperties']), [
    'airflowProperties',
  ]);
  const airflow = airflowProperties(body) ?? {};
  const { gitSyncProperties: git } = airflow;
  const places: readonly (readonly [string, Json | undefined])[] = [
    ['', withoutMembers(body, [...TOLD, 'properties'])],
    ['properties', properties],
    ['typeProperties', typeProperties],
    [
      'airflowProperties',
      withoutMembers(airflow, [...Object.values(WORDS.settings), 'password', 'gitSyncProperties']),
    ],
    ['gitSyncProperties', isJsonObject(git) ? withoutMembers(git, ['credential']) : git],
  ];
  return places.flatMap(([parent, value]) =>
    hiddenPlaces(value ?? null).map((names) => shownPath([...(parent === '' ? [] : [parent]), ...names])),
  );
}

/** Names are their writer's: only what a name may look like is shown. */
function shownPath(names: readonly string[]): string {
  return names
    .join('.')
    .replace(/[^\w.-]/g, '?')
    .slice(0, SHOWN_LENGTH);
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
