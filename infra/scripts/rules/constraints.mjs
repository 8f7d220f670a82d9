/** What the template itself asks of its parameters. The compiler holds literals to it, but not what variables bring. */
import { inParameters } from './faults.mjs';

/** @import { Schema, Schemas } from '../bicep.mjs' */
/** @import { Fault } from './faults.mjs' */

/** @type {Record<string, string>} */
const REMEDIES = {
  environmentName: 'azd env new …, or without azd: export AZURE_ENV_NAME=…',
  location:
    'azd env set AZURE_LOCATION …; a region to which Flex Consumption has come since is to be added to the list in ' +
    'infra/main.bicep: az functionapp list-flexconsumption-locations',
  durableBackEnd: 'azd env set AIRLOCK_DURABLE_BACK_END AzureStorage; without azd, export or unset it',
};

/**
 * @param {Record<string, unknown>} values parameters by name
 * @param {Schemas} declared `parameters` of the compiled template
 * @param {Schemas} definitions its `definitions`
 */
export function brokenConstraints(values, declared, definitions = {}) {
  return Object.entries(declared).flatMap(([name, schema]) =>
    name in values ? broken(values[name], schema, name, { definitions, remedy: REMEDIES[name] }) : [],
  );
}

/**
 * @param {any} value
 * @param {Schema} schema
 * @param {string} place
 * @param {{ definitions: Schemas, remedy: string | undefined }} context
 * @returns {Fault[]}
 */
function broken(value, schema, place, context) {
  if (value === null || value === undefined) return [];
  if (schema.$ref !== undefined)
    return broken(value, context.definitions[schema.$ref.replace(/.*\//, '')] ?? {}, place, context);
  /** @param {string} text */
  const fault = (text) => inParameters(place, text, context.remedy ?? `change it in infra/main.bicepparam`);
  const {
    allowedValues,
    minLength = 0,
    maxLength = Infinity,
    minValue = -Infinity,
    maxValue = Infinity,
  } = schema;
  if (allowedValues !== undefined && !allowedValues.includes(value))
    return [fault(`'${value}' is none of ${allowedValues.join(', ')}`)];
  const { length } = value;
  if (length < minLength || length > maxLength)
    return [
      fault(
        `${JSON.stringify(value)} has ${length} ${typeof value === 'string' ? 'characters' : 'entries'}, not ${range(minLength, maxLength)}`,
      ),
    ];
  if (typeof value === 'number' && (value < minValue || value > maxValue))
    return [fault(`${value} is not ${range(minValue, maxValue)}`)];
  if (Array.isArray(value))
    return value.flatMap((one, i) => broken(one, schema.items ?? {}, `${place}[${i}]`, context));
  if (typeof value === 'object')
    return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
      broken(value[key], inner, `${place}.${key}`, context),
    );
  return [];
}

/**
 * @param {number} least
 * @param {number} most
 */
function range(least, most) {
  if (!Number.isFinite(most)) return `at least ${least}`;
  return Number.isFinite(least) ? `${least} to ${most}` : `at most ${most}`;
}
