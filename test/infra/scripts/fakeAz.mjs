#!/usr/bin/env node
/**
 * Stands in for the Azure CLI: keeps accounts, a directory, vaults, a function app and what goes wrong in the file that
 * FAKE_AZ names, and notes there what it was asked to change. Errors are worded as the CLI words them.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = process.env.FAKE_AZ;
const state = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const command = args
  .slice(
    0,
    args.findIndex((arg) => arg.startsWith('--')),
  )
  .join(' ');

function answer(value) {
  writeFileSync(file, JSON.stringify(state));
  process.stdout.write(value === undefined ? '' : JSON.stringify(value));
  process.exit(0);
}

function refuse(text) {
  writeFileSync(file, JSON.stringify(state));
  process.stderr.write(`WARNING: a command may change\nERROR: ${text}\n`);
  process.exit(1);
}

/** The next of a list of faults, the empty one being none. */
function failAsPlanned(faults) {
  const next = faults.shift();
  if (next) refuse(next);
}

function noteChange(text) {
  const subscription = option('--subscription');
  state.changes.push(subscription === undefined ? text : `${text} in ${subscription}`);
}

const account = () => {
  const { signedIn, seen } = state.accounts;
  if (signedIn === undefined) refuse("Please run 'az login' to setup account.");
  const id = option('--subscription');
  const found = id === undefined ? signedIn : seen.find((one) => one.id === id);
  if (found === undefined)
    refuse(`Subscription '${id}' not found. Check the spelling and casing and try again.`);
  answer(found);
};

const vault = () => {
  const name = option('--name');
  if (!(name in state.vaults)) refuse(`The Vault or HSM '${name}' not found within subscription.`);
  answer({ properties: { enableRbacAuthorization: state.vaults[name] } });
};

const secret = () => {
  const id = `${option('--vault-name')}/${option('--name')}`;
  if (command.endsWith('list-versions')) answer(state.secrets[id] ?? []);
  noteChange(`set ${id}${args.includes('--disabled') ? ' disabled' : ''}`);
  state.secrets[id] = [{ value: option('--value') }];
  answer({ id });
};

const deletedSecret = () => {
  const [vaultName, name] = [option('--vault-name'), option('--name')];
  if (!state.deleted.includes(`${vaultName}/${name}`)) {
    refuse(`(SecretNotFound) Deleted Secret not found: ${name}`);
  }
  answer({ name, recoveryId: `https://${vaultName}.vault.azure.net/deletedsecrets/${name}` });
};

const deployment = () => {
  const { AIRLOCK_SUBSCRIBE: stored, AIRLOCK_SUBSCRIBE_NOW: now } = process.env;
  noteChange(`deploy ${option('--name')} to ${option('--location')}, events ${now ?? stored}`);
  failAsPlanned(state.deploymentFaults);
  answer(state.outputs);
};

const upload = () => {
  noteChange(
    `upload ${option('--src').split('/').at(-1)} to ${option('--resource-group')}/${option('--name')}`,
  );
  failAsPlanned(state.uploadFaults);
  answer({ status: 4 });
};

/** Resource Manager: role assignments of a principal, functions of an app. */
const resource = (url) => {
  if (url.includes('/roleAssignments?')) {
    const { unlisted, ageSeconds, scope } = state.roles;
    state.roles.unlisted = Math.max(0, unlisted - 1);
    const createdOn = new Date(Date.now() - ageSeconds * 1_000).toISOString();
    answer({ value: unlisted > 0 ? [] : [{ properties: { scope, createdOn } }] });
  }
  const [, name] = /\/functions\/(\w+)\?/.exec(url);
  state.looks.push(name);
  failAsPlanned(state.functionFaults[name] ?? []);
  answer({ name });
};

const graph = (url) => {
  const path = url.replace('https://graph.microsoft.com/v1.0/', '').replace(/\?.*$/, '');
  if (option('--method') === 'GET') {
    if (!(path in state.graph)) refuse('(Request_ResourceNotFound) as Azure says it');
    answer(state.graph[path]);
  }
  const body = JSON.parse(option('--body'));
  failAsPlanned(state.graphFaults);
  noteChange(`post ${path}`);
  if (path.endsWith('/owners/$ref')) {
    state.graph[path.replace('/$ref', '')].value.push({ id: body['@odata.id'].split('/').at(-1) });
  } else state.graph[path].value.push(body);
  answer(undefined);
};

/** The compiler that comes with the CLI. */
const bicep = () => {
  const program = join(import.meta.dirname, 'bicep-of-az');
  const { status, stdout, stderr } = spawnSync(program, args.slice(1), { encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr.replace(/^/gm, 'ERROR: '));
  process.exit(status);
};

const commands = {
  'account show': account,
  'bicep build-params': bicep,
  'keyvault show': vault,
  'keyvault secret list-versions': secret,
  'keyvault secret set': secret,
  'keyvault secret show-deleted': deletedSecret,
  'deployment sub create': deployment,
  'functionapp deployment source config-zip': upload,
  rest: () => {
    const url = option('--url');
    return url.startsWith('https://management.azure.com/') ? resource(url) : graph(url);
  },
};
if (commands[command] === undefined) refuse(`'${command}' is misspelled or not recognized by the system.`);
commands[command]();
