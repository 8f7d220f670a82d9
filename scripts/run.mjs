/** What scripts do to the machine: run a command, remove a folder. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** A process that ends writes for less than this. */
const [ATTEMPTS, BETWEEN_MS] = [50, 100];

/**
 * Removes a folder with all that is in it, also where processes that a run has left are still ending: the last thing that
 * Node does is to write its compile cache. (`maxRetries` of `rmSync` does not look for files that came meanwhile.)
 *
 * @param {string} folder
 */
export function removeFolder(folder) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_MS);
    }
  }
}

/**
 * Runs a command to its end, and gives what it wrote.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd] this one's where absent
 */
export function run(command, args, cwd = process.cwd()) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}
