/** Calls the Azure CLI, as whoever is signed in to it. */
import { execFileSync } from 'node:child_process';

/** Runs `az` and gives its JSON; `undefined` where what was asked for does not exist. Throws what `az` said. */
export function az(...args) {
  try {
    // On Windows az is a command file, which only a shell starts.
    const shell = process.platform === 'win32';
    const text = execFileSync('az', [...args, '--output', 'json'], {
      encoding: 'utf8',
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    const said = String(error.stderr ?? error.message).trim();
    if (/SecretNotFound|ResourceNotFound|Request_ResourceNotFound/.test(said)) return undefined;
    throw new Error(`az ${args.slice(0, 4).join(' ')}: ${said.split('\n')[0]}`);
  }
}
