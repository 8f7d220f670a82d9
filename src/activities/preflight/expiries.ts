import type { Credential } from '../../domain/configuration/credential.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import { setExpiryCommand } from '../../domain/rotation/commands.js';
import { isEndKnown } from '../../domain/rotation/due.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';
import { stockOf } from '../rotation/takeStock.js';
import type { Scene } from './scene.js';

/** Whether anybody knows when each credential ends: what nobody knows is rotated too late. */
export async function expiryRows(scene: Scene): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  for (const credential of scene.configuration.credentials) rows.push(await expiryRow(scene, credential));
  return rows;
}

async function expiryRow({ azure, strategies }: Scene, credential: Credential): Promise<PreflightRow> {
  const { secret } = credential;
  const row = {
    what: `expiry of ${secret.name}`,
    where: vaultNameOf(secret.vault),
    why: 'have the next credential in time',
  };
  const stock = await stockOf({ azure, strategies }, credential, []);
  if ('kind' in stock) {
    const failed = rowOfFailure(row, stock);
    // What is missing for that has a row of its own.
    return { ...failed, status: 'unknown' };
  }
  const { current } = stock;
  if (!isEndKnown(stock)) {
    const note = 'Neither its version nor Entra says when it ends.';
    return { ...row, status: 'missing', note, remedy: setExpiryCommand(secret) };
  }
  return { ...row, ...strategies.of(credential).describeEnd(credential, current) };
}
