/**
 * `npm run package [-- --config FILE] [--out FOLDER]`: makes the zip that is deployed, from dist/ as it is built.
 *
 * In it: the bundled app with its source maps, host.json, a package.json without dependencies (all are in the bundle),
 * and the configuration where one is given. The same sources give the same bytes: names are sorted, times fixed, and the
 * compression is fflate's own, which no version of Node changes.
 *
 * `unzipped/` beside the zip holds the same files: what `azd` uploads. Not below build/, which `azd` lets `npm run build`
 * make anew between its hook and the upload.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';

const { values } = parseArgs({
  options: { config: { type: 'string' }, out: { type: 'string', default: 'package' } },
});

const { name, version, description, type, main } = JSON.parse(readFileSync('package.json', 'utf8'));
const manifest = { name, version, private: true, description, type, main };

/** Contents by path in the zip. */
const files = new Map([
  ['host.json', readFileSync('host.json')],
  ['package.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
  ...filesIn('dist').map((file) => [file.replaceAll('\\', '/'), readFileSync(file)]),
]);
if (values.config !== undefined) files.set('airlock.yaml', readFileSync(values.config));

// The zip format keeps local times: this one is the same in every time zone, and the earliest that it has.
const mtime = new Date(1980, 0, 1);
const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
const zip = zipSync(Object.fromEntries(sorted), { level: 9, mtime });

rmSync(values.out, { recursive: true, force: true });
for (const [path, content] of sorted) {
  const target = join(values.out, 'unzipped', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}
const target = join(values.out, `${name}-${version}.zip`);
writeFileSync(target, zip);

const unpacked = sorted.reduce((sum, [, { length }]) => sum + length, 0);
console.log(`${target}: ${megabytes(zip.length)}, ${megabytes(unpacked)} unpacked, ${sorted.length} files`);

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file));
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
