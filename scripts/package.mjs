/**
 * `npm run package [-- --config FILE] [--durable-back-end NAME] [--out FOLDER]`: makes the zip that is deployed, from
 * dist/ as it is built.
 *
 * In it: the bundled app with its source maps, its licence and those of the packages in the bundle, host.json, a
 * package.json without dependencies (all are in the bundle), and the configuration where one is given, which must pass the
 * check. The same sources give the same bytes: names are sorted, times fixed, and the compression is fflate's own, which no
 * version of Node changes.
 *
 * The durable back end is AzureStorage, as host.json says, or DurableTaskScheduler; AIRLOCK_DURABLE_BACK_END names it for
 * the templates as well. App settings could choose it, too, but what scales the app looks into host.json alone: it would
 * watch empty queues in storage, and a timer that falls due would wake nobody.
 *
 * `unzipped/` beside the zip holds the same files: what `azd` uploads. Not below build/, which `azd` lets `npm run build`
 * make anew between its hook and the upload.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { requireGood } from '../infra/scripts/checked.mjs';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { removeFolder } from './run.mjs';

const USAGE = `Usage: npm run package [-- --config FILE] [--durable-back-end AzureStorage|DurableTaskScheduler] [--out FOLDER]
Makes the zip that is deployed. A configuration that does not pass the check is refused.`;

const { values } = commandLine(USAGE, {
  options: {
    config: { type: 'string' },
    'durable-back-end': {
      type: 'string',
      default: process.env['AIRLOCK_DURABLE_BACK_END'] || 'AzureStorage',
    },
    out: { type: 'string', default: 'package' },
  },
});

if (values.config !== undefined) requireGood(values.config);
const { name, version, description, license, type, main } = JSON.parse(readFileSync('package.json', 'utf8'));
const manifest = { name, version, private: true, description, license, type, main };

/** Contents by path in the zip. */
const files = new Map([
  ['LICENSE', readFileSync('LICENSE')],
  ['host.json', hostSettings(values['durable-back-end'])],
  ['package.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
]);
for (const file of filesIn('dist')) files.set(file.replaceAll('\\', '/'), readFileSync(file));
if (values.config !== undefined) files.set('airlock.yaml', readFileSync(values.config));

// The zip format keeps local times: this one is the same in every time zone, and the earliest that it has.
const mtime = new Date(1980, 0, 1);
const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
const zip = zipSync(Object.fromEntries(sorted), { level: 9, mtime });

removeFolder(values.out);
for (const [path, content] of sorted) {
  const target = join(values.out, 'unzipped', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}
const target = join(values.out, `${name}-${version}.zip`);
writeFileSync(target, zip);

const unpacked = sorted.reduce((sum, [, { length }]) => sum + length, 0);
console.log(`${target}: ${megabytes(zip.length)}, ${megabytes(unpacked)} unpacked, ${sorted.length} files`);

/** @param {string} backEnd */
function hostSettings(backEnd) {
  const file = readFileSync('host.json');
  if (backEnd === 'AzureStorage') return file;
  if (backEnd !== 'DurableTaskScheduler') {
    console.error(`--durable-back-end is AzureStorage or DurableTaskScheduler, not ${backEnd}.`);
    process.exit(2);
  }
  const host = JSON.parse(file.toString());
  // The names that infra/modules/scheduler.bicep and functionApp.bicep give.
  Object.assign(host.extensions.durableTask, {
    hubName: 'airlock',
    storageProvider: {
      type: 'azureManaged',
      connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
    },
  });
  return Buffer.from(`${JSON.stringify(host, null, 2)}\n`);
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file));
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
