/**
 * `npm run check`: lint, types and build side by side, each with its output as it ends. Exits 1 where one failed, after the
 * others have ended: each says something. `npm test` begins with it.
 */
import { spawn } from 'node:child_process';
import { commandLine } from '../infra/scripts/commandLine.mjs';

commandLine('Usage: npm run check\nLints, checks types and builds, side by side.');

const failed = (await Promise.all(['lint', 'typecheck', 'build'].map(runScript))).filter(
  (one) => one !== undefined,
);
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * Gives its name where it fails.
 *
 * @param {string} name
 * @returns {Promise<string | undefined>}
 */
function runScript(name) {
  return new Promise((done) => {
    const child = spawn('npm', ['run', '--silent', name], { shell: process.platform === 'win32' });
    /** @type {Buffer[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      done(code === 0 ? undefined : name);
    });
  });
}
