/** What every script does with its command line, and with what nobody foresaw. */
import { parseArgs } from 'node:util';

/** @import { ParseArgsConfig } from 'node:util' */
/**
 * What `parseArgs` gives for such a configuration.
 *
 * @template {ParseArgsConfig} T
 * @typedef {ReturnType<typeof parseArgs<T>>} Parsed
 */

/**
 * Reads the arguments of a script. From here on what nobody caught ends the script with 1 and its message: what a script meets
 * is files and services, and a stack says nothing of those.
 *
 * @template {ParseArgsConfig} T
 * @param {string} usage how the script is called, with what for: several lines
 * @param {T} [config] of `parseArgs`, without `help`
 */
export function commandLine(usage, config) {
  process.on('uncaughtException', (error) => endWith(1, wordsOf(error)));
  return readArguments(usage, config);
}

/**
 * Reads the arguments of a tool, and leaves to it what goes wrong later. `--help` prints how it is called and ends well; a wrong
 * argument ends with 2.
 *
 * @template {ParseArgsConfig} T
 * @param {string} usage how the tool is called, with what for: several lines
 * @param {T} [config] of `parseArgs`, without `help`
 * @param {(values: Parsed<T>['values']) => void} [check] throws where a value is none that its option takes
 */
export function readArguments(usage, config, check = () => {}) {
  try {
    const help = /** @type {const} */ ({ type: 'boolean', short: 'h' });
    const parsed = parseArgs({ ...config, options: { ...config?.options, help } });
    if (parsed.values.help) {
      console.log(usage);
      process.exit(0);
    }
    const asked = /** @type {Parsed<T>} */ (/** @type {unknown} */ (parsed));
    check(asked.values);
    return asked;
  } catch (error) {
    return endWith(2, `${wordsOf(error)}\n${usage}`);
  }
}

/**
 * Throws where a value is given and is no whole number from `least` on.
 *
 * @param {string} option
 * @param {string | undefined} value
 */
export function requireWhole(option, value, least = 0) {
  if (value === undefined || (/^\d{1,15}$/.test(value) && Number(value) >= least)) return;
  throw new Error(`${option} takes a whole number from ${least} on, not '${value}'.`);
}

/**
 * Throws where a value is given and is none of these.
 *
 * @param {string} option
 * @param {string | undefined} value
 * @param {readonly string[]} choices
 */
export function requireOneOf(option, value, choices) {
  if (value === undefined || choices.includes(value)) return;
  throw new Error(`${option} takes ${choices.join(', ')}, not '${value}'.`);
}

/**
 * What is each `count`th of something, from the `share`th on: of `2/3` the second of three shares.
 *
 * @param {string} option
 * @param {string} value
 * @throws where the value is no such share
 */
export function readShare(option, value) {
  const [share = 0, count = 0] = /^\d{1,4}\/\d{1,4}$/.test(value) ? value.split('/').map(Number) : [0, 0];
  if (share >= 1 && share <= count) return { share, count };
  throw new Error(`${option} takes N/COUNT, N from 1 to COUNT, for example 2/3, not '${value}'.`);
}

/** @param {unknown} error */
function wordsOf(error) {
  const { code, message, path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return `A package is missing: npm ci; beside infra.zip of a release: npm install yaml (${message.split(' imported from ')[0]}).`;
  }
  if (code === 'ENOENT' && path !== undefined) return `There is no ${path}.`;
  return error instanceof Error && message !== '' ? message : String(error);
}

/**
 * @param {number} code
 * @param {string} text
 * @returns {never}
 */
function endWith(code, text) {
  console.error(text);
  process.exit(code);
}
