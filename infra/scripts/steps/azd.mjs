/** Calls azd from one of its own hooks. */
import { spawn } from 'node:child_process';

/**
 * Runs azd and shows what it prints as it prints it. Gives `undefined` on success, else all that was printed.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env variables besides those of this process
 * @returns {Promise<string | undefined>}
 */
export function azd(args, env = {}) {
  const child = spawn('azd', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const { from, to } of [
    { from: child.stdout, to: process.stdout },
    { from: child.stderr, to: process.stderr },
  ]) {
    from.setEncoding('utf8');
    from.on('data', (part) => {
      text += part;
      to.write(part);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`azd ${args.join(' ')}: ${error.message}`));
    child.once('close', (code) => resolve(code === 0 ? undefined : text.trim() || `azd ended with ${code}`));
  });
}
