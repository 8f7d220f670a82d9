/**
 * `npm run infra:scan`: parses every Bicep file with a grammar of Bicep and scans them with checkov (a copy that it can
 * read: plainBicep.mjs), both from PyPI, in a virtual environment below .airlock/. Where Python or PyPI is missing it says
 * so in one line and ends well: skipped; with `CI=true` that fails.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { plainBicep } from './plainBicep.mjs';
import { removeFolder, run } from './run.mjs';

commandLine(
  'Usage: npm run infra:scan\nParses every Bicep file and scans it with checkov; skipped where Python or PyPI is missing.',
);

const venv = join('.airlock', 'scan');
const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
const requirements = 'infra/scan/requirements.txt';

process.exitCode = main();

function main() {
  if (run('python3', ['--version']).status !== 0) return skip('there is no python3');
  if (!isInstalled()) {
    const made = run('python3', ['-m', 'venv', '--clear', venv]);
    if (made.status !== 0) return skip('python3 makes no virtual environment');
    const installed = run(join(bin, 'pip'), ['install', '--quiet', '--requirement', requirements]);
    if (installed.status !== 0) return skip('PyPI gave no packages');
  }
  const files = readdirSync('infra', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.bicep'))
    .map((file) => join('infra', file));
  const parsed = run(join(bin, 'python'), ['infra/scan/parse.py', ...files]);
  process.stdout.write(parsed.stdout + parsed.stderr);
  const copy = writePlain(files);
  const scan = ['--directory', copy, '--framework', 'bicep', '--config-file', 'infra/scan/checkov.yaml'];
  const scanned = run(join(bin, 'checkov'), [...scan, '--output', 'json', '--quiet', '--compact']);
  removeFolder(copy);
  return report(files.length, parsed.status !== 0, scanned.stdout);
}

/**
 * @param {number} files
 * @param {boolean} isBroken
 * @param {string} json
 */
function report(files, isBroken, json) {
  const { summary, results } = JSON.parse(json);
  for (const { check_id: id, check_name: name, resource, file_path: file } of results.failed_checks) {
    console.log(`infra${file}: ${resource}: ${name} (${id})`);
  }
  // main.bicep makes nothing but a resource group, and what it asks of its modules checkov may not know.
  const isUnread = summary.parsing_errors > 1;
  if (isUnread) console.log('checkov cannot read a module');
  console.log(`infra scan: ${files} files parsed, ${summary.passed} checks passed, ${summary.failed} failed`);
  return isBroken || summary.failed > 0 || isUnread ? 1 : 0;
}

/**
 * Writes what checkov reads; gives the folder. types.bicep makes nothing.
 *
 * @param {string[]} files
 */
function writePlain(files) {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-scan-'));
  for (const file of files.filter((one) => !one.endsWith('types.bicep'))) {
    const path = join(folder, relative('infra', file));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, plainBicep(readFileSync(file, 'utf8')));
  }
  return folder;
}

/** Whether the environment holds these versions. */
function isInstalled() {
  if (!existsSync(venv)) return false;
  const { stdout } = run(join(bin, 'pip'), ['freeze']);
  return readFileSync(requirements, 'utf8')
    .trim()
    .split('\n')
    .every((line) => stdout.includes(line));
}

/** @param {string} why */
function skip(why) {
  const required = process.env['CI'] === 'true';
  console.log(`infra scan: ${required ? 'failed' : 'skipped'}, ${why}`);
  return required ? 1 : 0;
}
