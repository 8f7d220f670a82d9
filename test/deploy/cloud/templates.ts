/** What a project's templates deploy: by the project's evaluator, or by the compiler's own prediction. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Deployment, deployProject } from '../../infra/evaluate/deploy.js';
import { readSnapshot } from '../../infra/evaluate/snapshot.js';
import type { Variables } from '../machine/machine.js';
import { LOCATION, SUBSCRIPTION, TENANT } from './names.js';

const run = promisify(execFile);

/**
 * Evaluates infra/main.bicep in a folder with infra/main.bicepparam. Rejects with what is wrong with either.
 *
 * @param environment all that the parameters file can read
 */
export type Templates = (folder: string, environment: Variables) => Promise<Deployment>;

export const evaluatedTemplates: Templates = async (folder, environment) =>
  deployProject(folder, environment);

/** By `bicep snapshot`. What was predicted once is not predicted again: most rows deploy the same. */
export function compiledTemplates(bicep: string): Templates {
  const known = new Map<string, Promise<Deployment>>();
  return (folder, environment) => {
    const variables = variablesRead(folder, environment);
    const key = keyOf(folder, variables);
    const deployment = known.get(key) ?? predict(bicep, folder, variables);
    known.set(key, deployment);
    return deployment;
  };
}

async function predict(bicep: string, folder: string, variables: Variables): Promise<Deployment> {
  const place = mkdtempSync(join(tmpdir(), 'airlock-snapshot-'));
  try {
    cpSync(join(folder, 'infra'), join(place, 'infra'), { recursive: true });
    cpSync(join(folder, 'airlock.yaml'), join(place, 'airlock.yaml'));
    const where = ['--tenant-id', TENANT, '--subscription-id', SUBSCRIPTION, '--location', LOCATION];
    const args = ['snapshot', 'infra/main.bicepparam', '--mode', 'overwrite', ...where];
    await run(bicep, args, { cwd: place, env: { PATH: process.env['PATH'], HOME: place, ...variables } });
    return readSnapshot(readFileSync(join(place, 'infra', 'main.snapshot.json'), 'utf8'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Those that the parameters file names. */
function variablesRead(folder: string, environment: Variables): Variables {
  const text = readFileSync(join(folder, 'infra', 'main.bicepparam'), 'utf8');
  const names = [...text.matchAll(/readEnvironmentVariable\(\s*'(\w+)'/g)].map(([, name]) => name);
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => names.includes(name))
      .sort(),
  );
}

function keyOf(folder: string, variables: Variables): string {
  const hash = createHash('sha256').update(JSON.stringify(variables));
  const infra = readdirSync(join(folder, 'infra'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:bicep|bicepparam|json)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of [...infra.sort(), join(folder, 'airlock.yaml')]) hash.update(readFileSync(file));
  return hash.digest('hex');
}
