/** Finds the Bicep compiler in the version that the templates are held against. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { projectFile } from '../../../local/project.js';
import { NotPossible } from '../../notPossible.js';

/** With its types, linter and format: a newer compiler may have more to say. */
export const VERSION = '0.49.2';

/** NuGet has the compiler for this platform alone; it runs without .NET. */
const PLATFORM = 'linux-x64';
const PACKAGE = `azure.bicep.commandline.${PLATFORM}`;
const URL = `https://api.nuget.org/v3-flatcontainer/${PACKAGE}/${VERSION}/${PACKAGE}.${VERSION}.nupkg`;
/** SHA-512 of the package, base64, as NuGet's catalogue has it. */
const HASH = 'kBnX0iG9wd/PWdCTwFfUvm6Jemn+5L7sY7b7HQi5k+LLwdFmrbw4y5RTLFxewCFMdBqUThiOILMa7sgzklPEAQ==';
/** A hundred megabytes; whoever has no way out is told sooner. */
const PATIENCE_MS = 300_000;

const run = promisify(execFile);

/**
 * Path of the compiler: `bicep` on PATH, or NuGet's, which is kept below .airlock/. Rejects with `NotPossible` where
 * there is neither, and otherwise where the package is not the one that is pinned here.
 */
export async function findCompiler(): Promise<string> {
  if (await isPinned('bicep')) return 'bicep';
  if (`${process.platform}-${process.arch}` !== PLATFORM) {
    throw new NotPossible(`bicep ${VERSION} is not on PATH, and NuGet has it for ${PLATFORM} alone`);
  }
  const folder = projectFile('.airlock', 'bicep', VERSION);
  const file = join(folder, 'bicep');
  if (existsSync(file)) return file;
  const compiler = unpacked(await download());
  mkdirSync(folder, { recursive: true });
  // Whole or not at all, also where two of these run.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, compiler);
  chmodSync(part, 0o755);
  renameSync(part, file);
  return file;
}

async function isPinned(command: string): Promise<boolean> {
  try {
    const { stdout } = await run(command, ['--version']);
    return stdout.includes(` ${VERSION} `);
  } catch {
    return false;
  }
}

async function download(): Promise<Buffer> {
  let bytes: Buffer;
  try {
    const answer = await fetch(URL, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    bytes = Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotPossible(`bicep ${VERSION} is not on PATH, and NuGet gave none: ${why}`);
  }
  const hash = createHash('sha512').update(bytes).digest('base64');
  if (hash !== HASH) throw new Error(`${URL} has the SHA-512 ${hash}, not ${HASH}: it was not unpacked.`);
  return bytes;
}

function unpacked(nupkg: Buffer): Uint8Array {
  const { 'tools/bicep': compiler } = unzipSync(nupkg, { filter: ({ name }) => name === 'tools/bicep' });
  if (compiler === undefined) throw new Error(`${URL} holds no tools/bicep.`);
  return compiler;
}
