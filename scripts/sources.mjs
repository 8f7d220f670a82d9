import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Imports what TypeScript sources export: they are bundled for this moment, and the packages are those that are installed.
 *
 * @param {string} contents a module that exports it again, with paths as seen from the root of the repository
 */
export async function importSources(contents) {
  const folder = 'build/sources';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    packages: 'external',
    // What a script makes need not be there yet.
    external: ['*.json'],
    format: 'esm',
    platform: 'node',
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  const file = join(process.cwd(), folder, `${process.pid}.mjs`);
  writeFileSync(file, outputFiles[0]?.text ?? '');
  try {
    return await import(file);
  } finally {
    rmSync(file);
  }
}
