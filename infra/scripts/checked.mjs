/** A configuration is used only where it passes the check that the app makes when it starts. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CHECK = `${root}build/config-check.js`;
const BUILD = `${root}scripts/build.mjs`;

/**
 * Ends with what is wrong where the configuration does not pass. Beside a release's infra.zip there is nothing to check it
 * with: it says so and goes on.
 *
 * @param {string} file
 */
export function requireGood(file) {
  if (!existsSync(CHECK) && existsSync(BUILD)) run(root, BUILD);
  if (!existsSync(CHECK)) {
    console.error(
      `not checked  ${file}: in a checkout, npm run config:check -- ${file} says what is wrong with it`,
    );
    return;
  }
  run(process.cwd(), CHECK, file);
}

/**
 * @param {string} cwd
 * @param {string} script
 * @param {string[]} args
 */
function run(cwd, script, ...args) {
  const { status, stderr, error } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (stderr !== '') process.stderr.write(stderr);
  if (status === 0) return;
  console.error('Nothing was done.');
  process.exit(1);
}
