/** The recorded snapshots, infra/snapshots: what the templates deploy, so that a change of them shows what it changes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../../../local/project.js';
import type { OptionSet } from '../options.js';

/** The text that is recorded with these options. Throws where there is none. */
export function recordedSnapshot({ name }: OptionSet): string {
  return readFileSync(fileOf(name), 'utf8');
}

/** Records a snapshot. The compiler gives outputs in any order: here they are in the alphabet's. */
export function recordSnapshot({ name }: OptionSet, snapshot: string): void {
  const { outputs, ...others } = JSON.parse(snapshot) as { readonly outputs: object };
  const sorted = Object.fromEntries(Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1)));
  mkdirSync(join(fileOf(name), '..'), { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify({ ...others, outputs: sorted }, null, 2)}\n`);
}

function fileOf(name: string): string {
  return projectFile('infra', 'snapshots', `${name}.json`);
}
