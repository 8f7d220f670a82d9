/**
 * Installs Apache Airflow with the provider for Key Vault from PyPI, each release into a virtual environment of its
 * own, with a migrated metadata database to start from. What is installed stays in a cache folder between runs.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { NotPossible } from '../notPossible.js';
import { CommandFailed, runCommand } from './command.js';
import { isAirflow3, type Release } from './releases.js';
import { processEnvironment, WEB_LOGIN } from './settings.js';

export interface Installed {
  readonly release: Release;
  /** Folder with `airflow` and `python`. */
  readonly bin: string;
  /** A migrated metadata database with the web server's user in it. */
  readonly database: string;
  /** Versions as installed. */
  readonly provider: string;
  readonly sdk: string;
}

/** Airflow 2.6.3 knows no newer Python than 3.11; the others know both. */
const PYTHONS = ['3.11', '3.12'];
const PROVIDER = 'apache-airflow-providers-microsoft-azure';

/** Where the virtual environments lie. */
function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'airlock-airflow');
}

/** A Python 3.11 or 3.12. Throws `NotPossible` where there is none. */
export async function findPython(): Promise<string> {
  for (const version of PYTHONS) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const file = join(folder, `python${version}`);
      // A shim may be there for a version that is not.
      if (existsSync(file) && (await answers(file, version))) return file;
    }
  }
  throw new NotPossible(`there is no Python ${PYTHONS.join(' or ')}`);
}

async function answers(file: string, version: string): Promise<boolean> {
  try {
    const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
    return (await pip(file, ['-c', script])).trim() === version;
  } catch {
    return false;
  }
}

/** Installs `uv` where it is not yet; gives its path. Throws `NotPossible` where PyPI cannot be reached. */
export async function installUv(python: string): Promise<string> {
  const folder = join(cacheFolder(), 'uv');
  const uv = join(folder, 'bin', 'uv');
  if (existsSync(uv)) return uv;
  try {
    await pip(python, ['-m', 'venv', folder]);
    await pip(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', 'uv']);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new NotPossible(`PyPI cannot be reached (${lastLine(error)})`);
  }
  return uv;
}

function lastLine(error: unknown): string {
  const text = error instanceof CommandFailed ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}

/** The release as the cache holds it, or installed now. Throws `NotPossible` where PyPI does not give it, `CommandFailed`. */
export async function install(release: Release, python: string, uv: string): Promise<Installed> {
  const folder = join(cacheFolder(), release.name);
  const bin = join(folder, 'bin');
  const database = join(folder, 'airflow.db');
  const complete = join(folder, 'packages.txt');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    await pip(uv, ['venv', '--quiet', '--python', python, folder]);
    await pip(uv, [
      'pip',
      'install',
      '--quiet',
      '--python',
      join(bin, 'python'),
      ...(release.cutOff === undefined ? [] : ['--exclude-newer', release.cutOff]),
      `apache-airflow==${release.airflow}`,
      PROVIDER,
    ]).catch((error: unknown) => {
      throw new NotPossible(`PyPI does not give Airflow ${release.name} (${lastLine(error)})`);
    });
    await makeDatabase(release, bin, folder);
    writeFileSync(complete, await pip(uv, ['pip', 'freeze', '--python', join(bin, 'python')]));
  }
  const packages = readFileSync(complete, 'utf8');
  const versionOf = (name: string) => new RegExp(`^${name}==(.*)$`, 'm').exec(packages)?.[1] ?? '?';
  return {
    release,
    bin,
    database,
    provider: versionOf(PROVIDER),
    sdk: versionOf('azure-keyvault-secrets'),
  };
}

/** Every call to the REST API of Airflow 2 checks the password: a hash that is made to be slow costs more than the call. */
const HASH_CHEAPLY = `
import sqlite3, sys
from werkzeug.security import generate_password_hash
database = sqlite3.connect(sys.argv[1])
database.execute("UPDATE ab_user SET password = ?", [generate_password_hash(sys.argv[2], method="pbkdf2:sha256:1")])
database.commit()
`;

/** Several processes write: with a write-ahead log they wait for each other shortly, and readers not at all. */
const WRITE_AHEAD = `
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")
`;

/** Migrating takes a third of a start: it is done once, and each Airflow begins with a copy. */
async function makeDatabase(release: Release, bin: string, folder: string): Promise<void> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const database = join(folder, 'airflow.db');
  const environment = processEnvironment({ release, bin, home, database, port: 0 });
  const airflow = (...args: string[]) =>
    runCommand({ file: join(bin, 'airflow'), args, environment, folder: home });
  await airflow('db', release.airflow.startsWith('2.6.') ? 'init' : 'migrate');
  const python = (script: string, ...args: string[]) =>
    runCommand({ file: join(bin, 'python'), args: ['-c', script, database, ...args], environment });
  if (!isAirflow3(release)) {
    const { userName, password } = WEB_LOGIN;
    const who = ['--firstname', 'Air', '--lastname', 'Lock', '--email', 'airlock@example.com'];
    await airflow('sync-perm');
    await airflow('users', 'create', '-u', userName, '-p', password, '-r', 'Admin', ...who);
    await python(HASH_CHEAPLY, password);
  }
  await python(WRITE_AHEAD);
  rmSync(home, { recursive: true, force: true });
}

/** The installers need the outer environment: proxies and indexes are set there. They never download a Python. */
function pip(file: string, args: readonly string[]): Promise<string> {
  const outer = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const environment = { ...Object.fromEntries(outer), UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1' };
  return runCommand({ file, args, environment });
}
