/** The Azure CLI, as far as the project calls it: answered from the emulated Azure. What is not known here is an error. */

import type { RehearsalContext } from '../context.js';
import type { Answer, Call } from '../machine/calls.js';
import { ACCOUNT } from './account.js';
import { AzError, type Given, readArguments } from './arguments.js';
import { BICEP } from './bicep.js';
import { DEPLOYMENT } from './deployment.js';
import { FUNCTION_APP } from './functionApp.js';
import { KEY_VAULT } from './keyVault.js';
import { REST } from './rest.js';

/** A command: what it prints, undefined: nothing. A text is printed as it is, everything else as `--output` says. */
export interface Command {
  readonly options: readonly string[];
  run(given: Given, context: RehearsalContext, call: Call): Promise<unknown>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  ...ACCOUNT,
  ...BICEP,
  ...DEPLOYMENT,
  ...FUNCTION_APP,
  ...KEY_VAULT,
  ...REST,
};
/** Every command has these. */
const GLOBAL = ['--output', '--query', '--subscription', '--only-show-errors'];

const WARNING =
  'WARNING: A new Bicep release is available: v0.50.1. Upgrade now by running "az bicep upgrade".';

/** Answers one call. Throws where the command is not known here. */
export async function az(call: Call, context: RehearsalContext): Promise<Answer> {
  const warnings = context.faults.warnings ? [WARNING] : [];
  try {
    const given = readArguments(call.args, (command) => [...(COMMANDS[command]?.options ?? []), ...GLOBAL]);
    const command = COMMANDS[given.command];
    if (command === undefined) throw new Error(`az ${given.command} is not known here.`);
    const result = await command.run(given, context, call);
    return { code: 0, out: typeof result === 'string' ? result : print(result, given), err: warnings };
  } catch (error) {
    if (error instanceof AzError) return { code: error.code, err: [...warnings, `ERROR: ${error.message}`] };
    throw error;
  }
}

function print(result: unknown, given: Given): string {
  const output = given.option('--output') ?? 'json';
  const asked = query(result, given.option('--query'));
  if (asked === undefined || asked === null || output === 'none') return '';
  if (output === 'json') return `${JSON.stringify(asked, null, 2)}\n`;
  if (output !== 'tsv' || typeof asked === 'object') throw new Error(`--output ${output} is not known here.`);
  return `${String(asked)}\n`;
}

/** A path of names, of all that JMESPath can say. */
function query(value: unknown, path: string | undefined): unknown {
  if (path === undefined) return value;
  if (!/^\w+(\.\w+)*$/.test(path)) throw new Error(`--query ${path} is not known here.`);
  return path.split('.').reduce<unknown>((of, name) => {
    const has = typeof of === 'object' && of !== null && Object.hasOwn(of, name);
    return has ? (of as Record<string, unknown>)[name] : undefined;
  }, value);
}
