/**
 * Makes the secrets that roles are held on, where they do not exist: the pending twin of each credential that the app
 * mints, and the canaries. What exists is never touched.
 *
 *   node infra/scripts/shells.mjs --config airlock.yaml [--dry-run]
 *
 * Not in Bicep: there, each deployment would write a new version, and so hide what a running rotation has staged. Needs
 * Key Vault Secrets Officer on both vaults.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { az } from './az.mjs';
import { readConfiguration } from './config.mjs';

const { values } = parseArgs({
  options: {
    config: { type: 'string', default: 'airlock.yaml' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const dryRun = values['dry-run'];
const { pending, canaries } = readConfiguration(values.config);

// A pending twin is disabled: nobody reads it, and the app stages the first value as a new version.
for (const secret of pending) make(secret, ['--disabled', 'true']);
for (const secret of canaries) make(secret, ['--tags', 'purpose=airlock-canary']);

function make({ vault, name }, more) {
  const id = `${vault.replace(/\/+$/, '')}/secrets/${name}`;
  const vaultName = new URL(vault).hostname.split('.')[0];
  // Listed, not read: a disabled secret cannot be read, and its value is nobody's business here.
  const versions = az('keyvault', 'secret', 'list-versions', '--vault-name', vaultName, '--name', name);
  if (versions !== undefined && versions.length > 0) {
    console.log(`exists      ${id}`);
    return;
  }
  if (dryRun) {
    console.log(`would make  ${id}`);
    return;
  }
  const value = randomBytes(32).toString('hex');
  az('keyvault', 'secret', 'set', '--vault-name', vaultName, '--name', name, '--value', value, ...more);
  console.log(`made        ${id}`);
}
