/** Uploads the package with the Azure CLI. */
import { existsSync } from 'node:fs';
import { briefly, tryAz } from '../az.mjs';
import { hintOf, needed, Stop } from './stop.mjs';
import { repeat } from './wait.mjs';

/** Faults of an upload that are on record as passing. Every other one ends the step. */
const PASSING = {
  "the app's role on its storage account has no effect yet":
    /InaccessibleStorageException|BlobUploadFailedException/,
  'the deployment was partially successful': /partially successful|Kudu has been restarted/i,
  'the deployment service is not available': /\b503\b|Service ?Unavailable/i,
};

/** Seconds before each further try: ten minutes together, as long as a role may take. */
const PAUSES = [30, 60, 90, 120, 150, 150];

/**
 * Uploads one zip. Throws `Stop`.
 *
 * @param {string[]} files
 */
export async function upload(files) {
  const [file] = files;
  if (file === undefined || files.length !== 1 || !existsSync(file))
    throw new Stop(
      `upload takes one zip that is there, not ${files.join(' ') || 'none'}: npm run package makes it below package/.`,
    );
  const group = needed('AZURE_RESOURCE_GROUP');
  const app = needed('AIRLOCK_FUNCTION_APP');
  console.error(`uploading   ${file} to ${app}`);
  const command = ['functionapp', 'deployment', 'source', 'config-zip'];
  const said = await repeat(
    () => tryAz([...command, '--resource-group', group, '--name', app, '--src', file]).said,
    { what: 'the upload', passing: PASSING, pauses: PAUSES },
  );
  if (said !== undefined)
    throw new Stop(`${file} was not deployed to ${app}: ${briefly(said)}${hintOf(said)}`);
  console.error(`uploaded    ${file} to ${app}`);
}
