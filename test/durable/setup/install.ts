/** Installs Azurite from npm: the suite's own package, which nobody else has to wait for. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { projectFile } from '../../../local/project.js';
import { NotPossible } from '../../notPossible.js';

const FOLDER = projectFile('test', 'durable', 'azurite');
const PACKAGE = z.object({ version: z.string() });
const MANIFEST = z.object({ dependencies: z.object({ azurite: z.string() }) });

const run = promisify(execFile);

/** The path of Azurite's entry point, in the locked version. Rejects with `NotPossible` where npm gives no packages. */
export async function installAzurite(): Promise<string> {
  const installed = join(FOLDER, 'node_modules', 'azurite');
  const wanted = MANIFEST.parse(read(join(FOLDER, 'package.json'))).dependencies.azurite;
  const { data } = PACKAGE.safeParse(read(join(installed, 'package.json')));
  if (data?.version !== wanted) {
    try {
      await run('npm', ['ci', '--silent'], { cwd: FOLDER });
    } catch (error) {
      throw new NotPossible('npm does not give Azurite', { cause: error });
    }
  }
  return join(installed, 'dist', 'src', 'azurite.js');
}

/** A JSON file; nothing where there is none. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
