/** Compiles the parameters file, with the compiler that a deployment uses. */
import { spawnSync } from 'node:child_process';

/**
 * @typedef {{ resourceGroup: string, factory?: string | null }} FactoryScope an entry of `factories`
 * @typedef {'minted' | 'external' | 'referenced'} SecretList
 * @typedef {{ resourceGroup: string, name: string } & Record<SecretList, string[]>} OperatorVault
 * @typedef {{ resourceGroup: string, name: string, canaries: string[], readers: string[] }} AirflowVault
 */
/**
 * Parameters by name, as far as the rules know them by theirs.
 *
 * @typedef {object} Values
 * @property {string} environmentName
 * @property {string} name
 * @property {string} resourceGroupName
 * @property {Record<string, unknown>} tags
 * @property {string} configuration
 * @property {FactoryScope[]} factories
 * @property {OperatorVault[]} operatorVaults
 * @property {AirflowVault[]} airflowVaults
 * @property {boolean} rolesOnSecrets
 * @property {string} airflowLogin
 * @property {string} dagImports
 * @property {string} eventSource
 * @property {Record<string, unknown>} existingSystemTopics
 * @property {boolean} customTopic
 * @property {string[]} alertEmails
 * @property {string} operatorsGroupId
 * @property {boolean} vnetIntegration
 * @property {boolean} privateEndpoints
 * @property {string} appSubnetPrefix
 * @property {string} endpointsSubnetPrefix
 * @property {string} httpAuth
 * @property {string} signInClientId
 * @property {number} maximumInstanceCount
 * @property {number} alwaysReady
 * @property {number} logDailyCapGb
 */
/**
 * What a compiled template says of a parameter, of one of its properties, or of a type.
 *
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {unknown[]} [allowedValues]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minValue]
 * @property {number} [maxValue]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {unknown} [defaultValue]
 */
/** @typedef {Record<string, Schema>} Schemas by name */
/** @typedef {{ values: Values, declared: Schemas, definitions?: Schemas, errors?: undefined }} Compiled */
/** @typedef {{ errors: string[], values?: undefined }} Refused */

/**
 * Compiles infra/main.bicepparam with `bicep` on PATH, else with the Azure CLI's. Gives `values` (parameters by name, with
 * the template's defaults), and `declared` and `definitions` of the template; or `errors`, the compiler's own lines; or
 * nothing where there is no compiler.
 *
 * @param {NodeJS.ProcessEnv} env variables to compile with, besides those of this process
 * @returns {Compiled | Refused | undefined}
 */
export function compileParameters(env) {
  const file = 'infra/main.bicepparam';
  const ran =
    run('bicep', ['build-params', file, '--stdout'], env) ??
    run('az', ['bicep', 'build-params', '--file', file, '--stdout'], env);
  if (ran === undefined) return undefined;
  if (ran.status !== 0) return { errors: errorsIn(ran.stderr) };
  const { parametersJson, templateJson } = JSON.parse(ran.stdout);
  /** @type {{ parameters: Schemas, definitions?: Schemas }} */
  const { parameters: declared, definitions = {} } = JSON.parse(templateJson);
  const given = JSON.parse(parametersJson).parameters;
  const values = /** @type {Values} */ (
    Object.fromEntries(
      Object.entries(declared).map(([name, { defaultValue }]) => [name, given[name]?.value ?? defaultValue]),
    )
  );
  return { values, declared, definitions };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function run(command, args, env) {
  const ran = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    // On Windows az is a command file, which only a shell starts. Nothing here needs quotes.
    shell: process.platform === 'win32' && command === 'az',
  });
  const { code } = /** @type {NodeJS.ErrnoException} */ (ran.error ?? {});
  return code === 'ENOENT' ? undefined : ran;
}

/**
 * Errors alone, each with the place in its file: a warning refuses nothing.
 *
 * @param {string} text
 */
function errorsIn(text) {
  const lines = text.split('\n').filter((line) => /\berror\b/i.test(line));
  return lines.length > 0
    ? lines.map((line) => line.replace(/^.*?(?=infra[/\\])/, '').trim())
    : [text.trim()];
}
