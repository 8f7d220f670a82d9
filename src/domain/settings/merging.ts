import { addRequirement } from '../requirements/requirements.js';
import { isJsonObject, type Json, type JsonObject, withMember, withoutMembers } from '../values/json.js';
import type { Secret } from '../values/secret.js';
import { ENVIRONMENT, OVERRIDES, REQUIREMENTS } from './changeList.js';
import { type DraftInput, draftChanges } from './draft.js';
import { isHiddenVariable } from './masking.js';
import { airflowProperties } from './runtimeBody.js';
import { neededWriteOnly } from './writeOnly.js';

/** Values that a read left out, from the operator's vault. */
export interface WriteOnlyValues {
  readonly webServerPassword?: Secret;
  readonly gitCredential?: Secret;
  readonly variables?: Readonly<Record<string, Secret>>;
}

export interface MergeInput extends DraftInput {
  readonly values: WriteOnlyValues & { readonly clientSecret: Secret };
}

/** Members of the resource that the service calls read-only. */
const READ_ONLY = ['id', 'etag', 'type', 'systemData'];
const READ_ONLY_PROPERTIES = ['state'];

/**
 * The body of the write: the body of the read with the owned settings in it. Everything else goes back as the same
 * JSON value, known or unknown; only what the service calls read-only is left out. `airflowWebUrl` and other members
 * that the documentation shows in answers alone go back too: whether they are settings is not documented, and a
 * service ignores what it does not take, while it may lose what it does not get.
 *
 * The result holds secrets in clear and must go nowhere but into the request.
 */
export function mergeRuntime(input: MergeInput): JsonObject {
  const { body, profile, values } = input;
  const draft = draftChanges(input);
  const needed = neededWriteOnly(body, profile.writeOnly);
  let airflow = airflowProperties(body) ?? {};

  if (draft.requirement !== undefined) {
    airflow = withMember(airflow, REQUIREMENTS, addRequirement(airflow[REQUIREMENTS], draft.requirement));
  }
  for (const container of [ENVIRONMENT, OVERRIDES]) {
    if (
      !isJsonObject(airflow[container]) &&
      !draft.variables.some((change) => change.container === container)
    )
      continue;
    let variables = withHidden(objectOf(airflow[container]), values.variables ?? {});
    if (container === ENVIRONMENT) variables = withLeftOut(variables, airflow, values.variables ?? {});
    for (const change of draft.variables.filter((one) => one.container === container)) {
      variables =
        'remove' in change
          ? withoutMembers(variables, [change.name])
          : withMember(
              variables,
              change.name,
              'secret' in change ? values.clientSecret.reveal() : change.value,
            );
    }
    airflow = withMember(airflow, container, variables);
  }
  if (needed.webServerPassword && values.webServerPassword) {
    airflow = withMember(airflow, 'password', values.webServerPassword.reveal());
  }
  const git = airflow.gitSyncProperties;
  if (needed.gitCredential && values.gitCredential && isJsonObject(git)) {
    airflow = withMember(
      airflow,
      'gitSyncProperties',
      withMember(git, 'credential', values.gitCredential.reveal()),
    );
  }

  const properties = withoutMembers(objectOf(body.properties), READ_ONLY_PROPERTIES);
  const typeProperties = withMember(objectOf(properties.typeProperties), 'airflowProperties', airflow);
  return withMember(
    withoutMembers(body, READ_ONLY),
    'properties',
    withMember(properties, 'typeProperties', typeProperties),
  );
}

/** What the read hid, from the operator's vault; the app's own settings go over it. */
function withHidden(variables: JsonObject, held: Readonly<Record<string, Secret>>): JsonObject {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const secret = isHiddenVariable(name, value) && Object.hasOwn(held, name) ? held[name] : undefined;
      return [name, secret ? secret.reveal() : value];
    }),
  );
}

/** What the read left out altogether stands in the environment: that is where the profile's references are from. */
function withLeftOut(
  variables: JsonObject,
  airflow: JsonObject,
  held: Readonly<Record<string, Secret>>,
): JsonObject {
  const overrides = objectOf(airflow[OVERRIDES]);
  return Object.entries(held)
    .filter(([name]) => !Object.hasOwn(variables, name) && !Object.hasOwn(overrides, name))
    .reduce((all, [name, secret]) => withMember(all, name, secret.reveal()), variables);
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
