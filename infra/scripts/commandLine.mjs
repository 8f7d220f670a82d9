/** What every script does with its command line, and with what nobody foresaw. */
import { parseArgs } from 'node:util';

/**
 * Reads the arguments of a script. `--help` prints how it is called and ends well; a wrong argument ends with 2. From here on
 * what nobody caught ends the script with 1 and its message: what a script meets is files and services, and a stack says
 * nothing of those.
 *
 * @param usage how the script is called, with what for: several lines
 * @param config of `parseArgs`, without `help`
 */
export function commandLine(usage, { options = {}, ...config } = {}) {
  process.on('uncaughtException', (error) => endWith(1, wordsOf(error)));
  let parsed;
  try {
    parsed = parseArgs({ ...config, options: { ...options, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    endWith(2, `${wordsOf(error)}\n${usage}`);
  }
  if (parsed.values.help) {
    console.log(usage);
    process.exit(0);
  }
  return parsed;
}

function wordsOf(error) {
  if (error?.code === 'ERR_MODULE_NOT_FOUND') {
    return `A package is missing: npm ci; beside infra.zip of a release: npm install yaml (${error.message.split(' imported from ')[0]}).`;
  }
  if (error?.code === 'ENOENT' && error.path !== undefined) return `There is no ${error.path}.`;
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

function endWith(code, text) {
  console.error(text);
  process.exit(code);
}
