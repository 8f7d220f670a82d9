/** Copies of the templates to work in: nothing is written into the checkout. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../../../local/project.js';
import type { Source } from '../rules.js';

export interface Copy {
  /** It has infra/ and, beside it, the configuration that main.bicepparam reads. */
  readonly folder: string;
}

/** Copies the templates into a new folder. */
export function copyTemplates(folder: string): Copy {
  mkdirSync(folder, { recursive: true });
  cpSync(projectFile('infra'), join(folder, 'infra'), { recursive: true });
  cpSync(projectFile('examples', 'airlock.yaml'), join(folder, 'airlock.yaml'));
  return { folder };
}

/** The templates and the parameters of a copy. */
export function sourcesOf({ folder }: Copy): readonly Source[] {
  const infra = join(folder, 'infra');
  return readdirSync(infra, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.bicep(?:param)?$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(infra, path), 'utf8') }));
}
