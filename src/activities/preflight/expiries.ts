import type { Credential } from '../../domain/configuration/credential.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import { setExpiryCommand } from '../../domain/rotation/commands.js';
import { isEndKnown } from '../../domain/rotation/due.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';
import { inventoryOf } from '../rotation/readCredentialInventory.js';
import type { PreflightContext } from './context.js';

/** Whether anybody knows when each credential ends: what nobody knows is rotated too late. */
export async function expiryRows(context: PreflightContext): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  for (const credential of context.configuration.credentials) rows.push(await expiryRow(context, credential));
  return rows;
}

async function expiryRow(
  { azure, strategies }: PreflightContext,
  credential: Credential,
): Promise<PreflightRow> {
  const { secret } = credential;
  const row = {
    what: `expiry of ${secret.name}`,
    where: vaultNameOf(secret.vault),
    why: 'have the next credential in time',
  };
  const inventory = await inventoryOf({ azure, strategies }, credential, []);
  if ('kind' in inventory) {
    const failed = rowOfFailure(row, inventory);
    // What is missing for that has a row of its own.
    return { ...failed, status: 'unknown' };
  }
  const { current } = inventory;
  if (!isEndKnown(inventory)) {
    const note = 'Neither its version nor Entra says when it ends.';
    return { ...row, status: 'missing', note, remedy: setExpiryCommand(secret) };
  }
  return { ...row, ...strategies.of(credential).describeEnd(credential, current) };
}
