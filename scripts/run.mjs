/** Runs a command to its end, and gives what it wrote. */
import { spawnSync } from 'node:child_process';

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd] this one's where absent
 */
export function run(command, args, cwd = process.cwd()) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}
