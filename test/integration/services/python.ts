import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One version comes with the environment; a newer one lies beside it, for `PYTHONPATH`. */
const PACKAGES = ['azure-identity==1.25.1', 'azure-keyvault-secrets==4.7.0'];
const NEWER = 'azure-keyvault-secrets==4.11.0';

export interface Python {
  readonly interpreter: string;
  /** Folder of the newer client for vaults. */
  readonly newer: string;
}

/**
 * A Python interpreter that has Azure's SDKs, in a virtual environment in the machine's temporary folder that later
 * runs find again. `undefined`, with one line on stderr, where there is no Python or no package registry.
 */
export function pythonWithSdks(): Python | undefined {
  const folder = join(tmpdir(), 'airlock-python-sdks');
  const interpreter = join(folder, 'bin', 'python');
  const newer = join(folder, 'newer');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return { interpreter, newer };
  rmSync(folder, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [interpreter, [...install, ...PACKAGES]],
    [interpreter, [...install, '--no-deps', '--target', newer, NEWER]],
  ];
  for (const [command, args] of steps) {
    const { status } = spawnSync(command, args, { stdio: 'ignore', timeout: 90_000 });
    if (status === 0) continue;
    console.error(`Skipped the Python SDKs: "${command} ${args.join(' ')}" does not work here.`);
    return undefined;
  }
  writeFileSync(ready, '');
  return { interpreter, newer };
}
