/** Finds the Bicep compiler in the version that the templates are held against. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { projectFile } from '../../../local/project.js';
import { NotPossible } from '../../notPossible.js';

/** With its types, linter and format: a newer compiler may have more to say. */
const VERSION = '0.49.2';

/** NuGet has the compiler for this platform alone; it runs without .NET. */
const PLATFORM = 'linux-x64';
const PACKAGE = `azure.bicep.commandline.${PLATFORM}`;

export interface NugetPackage {
  readonly url: string;
  /** SHA-512, base64. */
  readonly hash: string;
}

const PINNED: NugetPackage = {
  url: `https://api.nuget.org/v3-flatcontainer/${PACKAGE}/${VERSION}/${PACKAGE}.${VERSION}.nupkg`,
  hash: 'kBnX0iG9wd/PWdCTwFfUvm6Jemn+5L7sY7b7HQi5k+LLwdFmrbw4y5RTLFxewCFMdBqUThiOILMa7sgzklPEAQ==',
};

/** A hundred megabytes; whoever has no way out is told sooner. */
const PATIENCE_MS = 300_000;

const run = promisify(execFile);

/** Path of the compiler where it is on this machine: `bicep` on PATH, or NuGet's, which is kept below .airlock/. */
export async function compilerHere(): Promise<string | undefined> {
  if (await isPinned('bicep')) return 'bicep';
  return existsSync(kept()) ? kept() : undefined;
}

/**
 * The path of `compilerHere`; otherwise NuGet's compiler is fetched. Rejects with `NotPossible` where NuGet has none, and
 * otherwise where the package is not the one that is pinned here.
 */
export async function findCompiler(): Promise<string> {
  const here = await compilerHere();
  if (here !== undefined) return here;
  if (`${process.platform}-${process.arch}` !== PLATFORM) {
    throw new NotPossible(`bicep ${VERSION} is not on PATH, and NuGet has it for ${PLATFORM} alone`);
  }
  const file = kept();
  await unpackCompiler(PINNED, file);
  return file;
}

function kept(): string {
  return projectFile('.airlock', 'bicep', VERSION, 'bicep');
}

async function isPinned(command: string): Promise<boolean> {
  try {
    const { stdout } = await run(command, ['--version']);
    return stdout.includes(` ${VERSION} `);
  } catch {
    return false;
  }
}

/**
 * Takes the compiler out of a package. Rejects with `NotPossible` where the package is not to be had, and otherwise where
 * it is another one; then the file is not written.
 */
export async function unpackCompiler({ url, hash }: NugetPackage, file: string): Promise<void> {
  const nupkg = await download(url);
  const is = createHash('sha512').update(nupkg).digest('base64');
  if (is !== hash) throw new Error(`${url} has the SHA-512 ${is}, not ${hash}: it was not unpacked.`);
  const { 'tools/bicep': compiler } = unzipSync(nupkg, { filter: ({ name }) => name === 'tools/bicep' });
  if (compiler === undefined) throw new Error(`${url} holds no tools/bicep.`);
  mkdirSync(dirname(file), { recursive: true });
  // Whole or not at all, also where two of these run.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, compiler, { mode: 0o755 });
  renameSync(part, file);
}

async function download(url: string): Promise<Buffer> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotPossible(`bicep ${VERSION} is not on PATH, and NuGet gave none (${why})`);
  }
}
