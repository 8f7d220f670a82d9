/** Calls the Azure CLI, as whoever is signed in to it. */
import { execFileSync } from 'node:child_process';

/** What the CLI says of what does not exist: of secrets, of resources, in Microsoft Graph, of a vault by its name. */
const MISSING = /SecretNotFound|ResourceNotFound|Request_ResourceNotFound|not found within subscription/;

/** Runs `az` and gives its JSON; `undefined` where what was asked for does not exist. Otherwise ends with what `az` said. */
export function az(...args) {
  try {
    // On Windows az is a command file, which only a shell starts; there an & outside quotes would begin a new command.
    const shell = process.platform === 'win32';
    const given = shell ? args.map((arg) => `"${arg.replaceAll('"', '\\"')}"`) : args;
    const text = execFileSync('az', [...given, '--output', 'json'], {
      encoding: 'utf8',
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    const said = String(error.stderr ?? error.message).trim();
    if (MISSING.test(said)) return undefined;
    console.error(`az ${args.slice(0, 5).join(' ')} …: ${said.split('\n')[0]}`);
    return process.exit(1);
  }
}
