/** Builds the local cloud with the stub host, and starts it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type LaunchOptions, type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';

/** Builds inside the project, so that the packages are found, and where no other build cleans up; gives the file. */
export async function buildStub(name: string): Promise<string> {
  const outfile = join('.airlock', 'test', `${name}.js`);
  await build({
    entryPoints: ['test/integration/local/stubMain.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    outfile,
  });
  return outfile;
}

/** Starts and remembers what was started, so that nothing outlives a test. */
export function stubClouds(main: () => string) {
  const running: LocalCloudHandle[] = [];
  const folders: string[] = [];
  return {
    async launch(options: LaunchOptions = {}): Promise<LocalCloudHandle> {
      const handle = await launchLocalCloud({ main: main(), port: 0, ...options });
      running.push(handle);
      return handle;
    },
    folder(): string {
      const folder = mkdtempSync(join(tmpdir(), 'airlock-cloud-'));
      folders.push(folder);
      return folder;
    },
    async cleanUp(): Promise<void> {
      for (const handle of running.splice(0)) await handle.kill();
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
}
