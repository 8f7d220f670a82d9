#!/usr/bin/env node
/** Stands in for the Azure CLI: keeps a directory and vaults in the file that FAKE_AZ names, and notes what it changed. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.FAKE_AZ;
const state = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];

function answer(value) {
  writeFileSync(file, JSON.stringify(state));
  process.stdout.write(value === undefined ? '' : JSON.stringify(value));
  process.exit(0);
}

function refuse(code) {
  process.stderr.write(`ERROR: (${code}) as Azure says it\n`);
  process.exit(3);
}

if (args[0] === 'keyvault' && args[1] === 'show') {
  if (!(option('--name') in state.vaults)) {
    process.stderr.write(`ERROR: The Vault or HSM '${option('--name')}' not found within subscription.\n`);
    process.exit(1);
  }
  answer({ properties: { enableRbacAuthorization: state.vaults[option('--name')] } });
}

if (args[0] === 'keyvault') {
  const id = `${option('--vault-name')}/${option('--name')}`;
  if (args[2] === 'list-versions') answer(state.secrets[id] ?? []);
  state.changes.push(`set ${id}${args.includes('--disabled') ? ' disabled' : ''}`);
  state.secrets[id] = [{ value: option('--value') }];
  answer({ id });
}

const path = option('--url').replace('https://graph.microsoft.com/v1.0/', '').replace(/\?.*$/, '');
if (option('--method') === 'GET') {
  if (!(path in state.graph)) refuse('Request_ResourceNotFound');
  answer(state.graph[path]);
}
const body = JSON.parse(option('--body'));
state.changes.push(`post ${path}`);
if (path.endsWith('/owners/$ref')) {
  state.graph[path.replace('/$ref', '')].value.push({ id: body['@odata.id'].split('/').at(-1) });
} else state.graph[path].value.push(body);
answer(undefined);
