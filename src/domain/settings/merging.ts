import { addRequirement } from '../requirements/requirements.js';
import { isJsonObject, type Json, type JsonObject, withMember, withoutMembers } from '../values/json.js';
import type { Secret } from '../values/secret.js';
import { type AirflowSettings, ENVIRONMENT, OVERRIDES, REQUIREMENTS } from './airflowSettings.js';
import { type DraftInput, draftChanges } from './draft.js';
import { isHiddenVariable } from './masking.js';

export interface MergeInput extends DraftInput {
  /** The client secret, and what a read left out or hid, from the operator's vault. */
  readonly values: {
    readonly clientSecret: Secret;
    readonly variables?: Readonly<Record<string, Secret>>;
  };
}

/**
 * The settings of the write: those of the read with the app's own in them. Everything else stays the same JSON value.
 *
 * The result holds secrets in clear and must go nowhere but into the request.
 */
export function mergeSettings(input: MergeInput): AirflowSettings {
  const { snapshot, values } = input;
  const draft = draftChanges(input);
  let settings = snapshot.settings;
  if (draft.requirement !== undefined) {
    settings = { ...settings, [REQUIREMENTS]: addRequirement(settings[REQUIREMENTS], draft.requirement) };
  }
  for (const container of [ENVIRONMENT, OVERRIDES] as const) {
    const changes = draft.variables.filter((change) => change.container === container);
    if (!isJsonObject(settings[container]) && changes.length === 0) continue;
    let variables = withHidden(objectOf(settings[container]), values.variables ?? {});
    if (container === ENVIRONMENT) variables = withLeftOut(variables, settings, values.variables ?? {});
    for (const change of changes) {
      variables =
        'remove' in change
          ? withoutMembers(variables, [change.name])
          : withMember(
              variables,
              change.name,
              'secret' in change ? values.clientSecret.reveal() : change.value,
            );
    }
    settings = { ...settings, [container]: variables };
  }
  return settings;
}

/** What the read hid, from the operator's vault; the app's own settings go over it. */
function withHidden(variables: JsonObject, hiddenValues: Readonly<Record<string, Secret>>): JsonObject {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const secret =
        isHiddenVariable(name, value) && Object.hasOwn(hiddenValues, name) ? hiddenValues[name] : undefined;
      return [name, secret ? secret.reveal() : value];
    }),
  );
}

/** What the read left out altogether stands in the environment: that is where the profile's references are from. */
function withLeftOut(
  variables: JsonObject,
  settings: AirflowSettings,
  hiddenValues: Readonly<Record<string, Secret>>,
): JsonObject {
  const overrides = objectOf(settings[OVERRIDES]);
  return Object.entries(hiddenValues)
    .filter(([name]) => !Object.hasOwn(variables, name) && !Object.hasOwn(overrides, name))
    .reduce((all, [name, secret]) => withMember(all, name, secret.reveal()), variables);
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
