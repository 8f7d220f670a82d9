/**
 * Stands in for the Azure CLI: keeps accounts, a directory, vaults, a function app and what goes wrong in the file of a
 * machine's state, and notes there what it was asked to change. Errors are worded as the CLI words them.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Answer, Call } from '../../deploy/machine/calls.js';
import type { State } from './machine.js';

const exec = promisify(execFile);

type Writable<T> = T extends readonly (infer Member)[]
  ? Writable<Member>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

/** The CLI ends with an error. */
class Refused extends Error {}

/** Answers a call of `az`; `compiler` is the Bicep that comes with it. */
export async function answerAz(stateFile: string, compiler: string, call: Call): Promise<Answer> {
  if (call.args[0] === 'bicep') return compile(compiler, call);
  const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Writable<State>;
  try {
    const value = answer(state, call);
    return { code: 0, out: value === undefined ? '' : JSON.stringify(value) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { code: 1, err: ['WARNING: a command may change', `ERROR: ${error.message}`] };
  } finally {
    writeFileSync(stateFile, JSON.stringify(state));
  }
}

/** What the compiler says, with the CLI's word before each line of its errors. */
async function compile(compiler: string, { args, environment, folder }: Call): Promise<Answer> {
  const said = await exec(compiler, args.slice(1), { env: { ...environment }, cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const err = said.stderr === '' ? [] : said.stderr.split('\n').map((line) => `ERROR: ${line}`);
  return { code: said.code, out: said.stdout, err };
}

/** The next of a list of faults, the empty one being none. */
function failAsPlanned(faults: string[]): void {
  const next = faults.shift();
  if (next) throw new Refused(next);
}

function answer(state: Writable<State>, { args, environment }: Call): unknown {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const noteChange = (text: string) => {
    const subscription = option('--subscription');
    state.changes.push(subscription === undefined ? text : `${text} in ${subscription}`);
  };
  const secretId = `${option('--vault-name')}/${option('--name')}`;
  const first = args.findIndex((arg) => arg.startsWith('--'));
  const command = args.slice(0, first).join(' ');
  switch (command) {
    case 'account show':
      return account(state, option('--subscription'));
    case 'keyvault show': {
      const name = option('--name') ?? '';
      if (name in state.vaults) return { properties: { enableRbacAuthorization: state.vaults[name] } };
      throw new Refused(`The Vault or HSM '${name}' not found within subscription.`);
    }
    case 'keyvault secret list-versions':
      return state.secrets[secretId] ?? [];
    case 'keyvault secret set':
      noteChange(`set ${secretId}${args.includes('--disabled') ? ' disabled' : ''}`);
      state.secrets[secretId] = [{ value: option('--value') ?? '' }];
      return { id: secretId };
    case 'keyvault secret show-deleted': {
      const [vault, name] = [option('--vault-name'), option('--name')];
      if (!state.deleted.includes(secretId)) {
        throw new Refused(`(SecretNotFound) Deleted Secret not found: ${name}`);
      }
      return { name, recoveryId: `https://${vault}.vault.azure.net/deletedsecrets/${name}` };
    }
    case 'deployment sub create':
      noteChange(
        `deploy ${option('--name')} to ${option('--location')}, events ${environment['AIRLOCK_SUBSCRIBE_NOW'] ?? environment['AIRLOCK_SUBSCRIBE']}`,
      );
      failAsPlanned(state.deploymentFaults);
      return state.outputs;
    case 'functionapp deployment source config-zip': {
      const file = option('--src')?.split('/').at(-1);
      noteChange(`upload ${file} to ${option('--resource-group')}/${option('--name')}`);
      failAsPlanned(state.uploadFaults);
      return { status: 4 };
    }
    case 'rest': {
      const url = option('--url') ?? '';
      if (url.startsWith('https://management.azure.com/')) return resource(state, url);
      const body = option('--method') === 'GET' ? undefined : (option('--body') ?? '');
      return graph(state, url, body, noteChange);
    }
    default:
      throw new Refused(`'${command}' is misspelled or not recognized by the system.`);
  }
}

function account({ accounts: { signedIn, seen } }: State, id: string | undefined): unknown {
  if (signedIn === undefined) throw new Refused("Please run 'az login' to setup account.");
  const found = id === undefined ? signedIn : seen.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new Refused(`Subscription '${id}' not found. Check the spelling and casing and try again.`);
}

/** Resource Manager: role assignments of a principal, functions of an app. */
function resource(state: Writable<State>, url: string): unknown {
  if (url.includes('/roleAssignments?')) {
    const { unlisted, ageSeconds, scope } = state.roles;
    state.roles.unlisted = Math.max(0, unlisted - 1);
    const createdOn = new Date(Date.now() - ageSeconds * 1_000).toISOString();
    return { value: unlisted > 0 ? [] : [{ properties: { scope, createdOn } }] };
  }
  const [, name = ''] = /\/functions\/(\w+)\?/.exec(url) ?? [];
  state.looks.push(name);
  failAsPlanned(state.functionFaults[name] ?? []);
  return { name };
}

/** Microsoft Graph; without a body it is a question. */
function graph(
  state: Writable<State>,
  url: string,
  body: string | undefined,
  noteChange: (text: string) => void,
): unknown {
  const path = url.replace('https://graph.microsoft.com/v1.0/', '').replace(/\?.*$/, '');
  if (body === undefined) {
    if (path in state.graph) return state.graph[path];
    throw new Refused('(Request_ResourceNotFound) as Azure says it');
  }
  const given = JSON.parse(body) as Record<string, string>;
  failAsPlanned(state.graphFaults);
  noteChange(`post ${path}`);
  const list = state.graph[path.replace('/$ref', '')] as { value: object[] };
  list.value.push(path.endsWith('/owners/$ref') ? { id: given['@odata.id']?.split('/').at(-1) } : given);
  return undefined;
}
