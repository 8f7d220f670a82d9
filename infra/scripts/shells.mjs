/**
 * Looks whether the vaults work with roles and hold the secrets that people set, and then makes the other secrets that
 * roles are held on, where they do not exist: the pending secret of each credential that the app mints, and the canaries.
 * What exists is never touched; where something is missing nothing is made.
 *
 *   node infra/scripts/shells.mjs --config airlock.yaml [--dry-run]
 *
 * A configuration that does not pass the check is refused.
 *
 * Not in Bicep: there, each deployment would write a new version, and so hide what a running rotation has staged. Needs
 * Key Vault Secrets Officer on the vaults, and to see their settings (Key Vault Reader, Contributor, Owner).
 */
import { randomBytes } from 'node:crypto';
import { az, tryAz } from './az.mjs';
import { requireGood } from './checked.mjs';
import { commandLine } from './commandLine.mjs';

/** @import { Secret } from './config.mjs' */

const USAGE = `Usage: node infra/scripts/shells.mjs [--config airlock.yaml] [--dry-run]
Makes the secrets that roles are held on, where they do not exist: pending secrets and canaries. Touches none that exists.`;

const { values } = commandLine(USAGE, {
  options: {
    config: { type: 'string', default: 'airlock.yaml' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const dryRun = values['dry-run'];
requireGood(values.config);
// Not at the top: where its package is missing, that is said in words.
const { readConfiguration, vaultNameOf } = await import('./config.mjs');
const { set, minted, external, pending, canaries } = readConfiguration(values.config);
/** Client secrets, which end and have a key. */
const credentials = new Set([...minted, ...external].map(idOf));

const all = [...set, ...pending, ...canaries];
const vaults = [...new Set(all.map(({ vault }) => vaultNameOf(vault)))];
// Of a vault that is not right nothing else can be said.
const problems = vaults.flatMap(problemOfVault);
if (problems.length === 0) {
  problems.push(...set.flatMap(problemOfSecret), ...[...pending, ...canaries].flatMap(problemOfName));
}

if (problems.length > 0) {
  for (const line of problems) console.error(line);
  process.exitCode = 1;
} else {
  // A pending secret is disabled: nobody reads it, and the app stages the first value as a new version.
  for (const secret of pending) make(secret, ['--disabled', 'true']);
  for (const secret of canaries) make(secret, ['--tags', 'purpose=airlock-canary']);
}

/** @param {string} name */
function problemOfVault(name) {
  const vault = az('keyvault', 'show', '--name', name);
  if (vault === undefined)
    return [`missing     the vault ${name}: make it, or correct its name in ${values.config}`];
  if (vault.properties?.enableRbacAuthorization === true) return [];
  return [
    `wrong       the vault ${name} works with access policies, where roles have no effect: grant roles to everybody who uses it, then`,
    `            az keyvault update --name ${name} --enable-rbac-authorization true`,
  ];
}

/** @param {Secret} secret */
function problemOfSecret(secret) {
  if (exists(secret)) return [];
  const deleted = problemOfName(secret);
  if (deleted.length > 0) return deleted;
  const { vault, name } = secret;
  return [
    `missing     ${idOf(secret)}: nobody but you knows its value`,
    `            az keyvault secret set --vault-name ${vaultNameOf(vault)} --name ${name} --value …${credentials.has(idOf(secret)) ? ' --expires … --tags keyId=… (end and id of the key as Entra shows them, the end as 2027-01-31T00:00:00Z)' : ''}`,
  ];
}

/**
 * Under the name of a secret that is deleted and kept nobody can write. Who may not see that is told by the write.
 *
 * @param {Secret} secret
 */
function problemOfName(secret) {
  if (exists(secret)) return [];
  const place = ['--vault-name', vaultNameOf(secret.vault), '--name', secret.name];
  const { value } = tryAz(['keyvault', 'secret', 'show-deleted', ...place]);
  if (value?.recoveryId === undefined) return [];
  return [
    `deleted     ${idOf(secret)}: it is kept, and its name is taken until it is recovered or purged`,
    `            az keyvault secret recover ${place.join(' ')}`,
  ];
}

/**
 * @param {Secret} secret
 * @param {string[]} more arguments
 */
function make(secret, more) {
  const { vault, name } = secret;
  if (exists(secret)) {
    console.log(`exists      ${idOf(secret)}`);
    return;
  }
  if (dryRun) {
    console.log(`would make  ${idOf(secret)}`);
    return;
  }
  const value = randomBytes(32).toString('hex');
  az(
    'keyvault',
    'secret',
    'set',
    '--vault-name',
    vaultNameOf(vault),
    '--name',
    name,
    '--value',
    value,
    ...more,
  );
  console.log(`made        ${idOf(secret)}`);
}

/**
 * Listed, not read: a disabled secret cannot be read, and its value is nobody's business here.
 *
 * @param {Secret} secret
 */
function exists({ vault, name }) {
  const versions = az(
    'keyvault',
    'secret',
    'list-versions',
    '--vault-name',
    vaultNameOf(vault),
    '--name',
    name,
  );
  return versions !== undefined && versions.length > 0;
}

/** @param {Secret} secret */
function idOf({ vault, name }) {
  return `${vault.replace(/\/+$/, '')}/secrets/${name}`;
}
