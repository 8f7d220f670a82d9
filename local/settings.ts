/**
 * What one local cloud keeps from start to start besides its contents: ports, keys, how it was set up. Lies in the
 * cloud's half of the state folder, as the keys are secrets.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const SETTINGS = z.object({
  /** 0: not chosen yet. */
  ports: z.object({
    functions: z.number(),
    proxy: z.number(),
    control: z.number(),
    identity: z.number(),
  }),
  functionKey: z.string(),
  systemKey: z.string(),
});
export type LocalSettings = z.infer<typeof SETTINGS>;

const DEFAULT_PORT = 7071;

const fileIn = (folder: string): string => join(folder, 'cloud', 'local.json');

/**
 * The settings of a state folder, or new ones. `port` is the functions host's, as asked for: 0 is content with the
 * one of before. Throws where the file is there and cannot be read.
 */
export function loadSettings(folder: string, port?: number): LocalSettings {
  const file = fileIn(folder);
  if (!existsSync(file)) {
    return {
      ports: { functions: port ?? DEFAULT_PORT, proxy: 0, control: 0, identity: 0 },
      functionKey: randomBytes(32).toString('base64url'),
      systemKey: randomBytes(32).toString('base64url'),
    };
  }
  try {
    const settings = SETTINGS.parse(JSON.parse(readFileSync(file, 'utf8')));
    return port ? { ...settings, ports: { ...settings.ports, functions: port } } : settings;
  } catch (error) {
    throw new Error(`The settings in ${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

export function saveSettings(folder: string, settings: LocalSettings): void {
  const file = fileIn(folder);
  mkdirSync(join(folder, 'cloud'), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.part`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.part`, file);
}
