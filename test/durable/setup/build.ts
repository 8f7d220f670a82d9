/** Builds the C# host for a version of the durable extension. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectFile } from '../../../local/project.js';
import { NotPossible } from '../../notPossible.js';

export const DURABLE_VERSIONS = ['3.19.0', '3.14.1'] as const;
export type DurableVersion = (typeof DURABLE_VERSIONS)[number];

/** No server of the compiler's or of MSBuild's stays behind, and nothing is reported to anybody. */
const ENVIRONMENT = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', MSBUILDDISABLENODEREUSE: '1' };

/** Sources that NuGet cannot reach, and a package that is nowhere to be had. */
const NO_NUGET = /\bNU1(?:301|101|102)\b/;

const run = promisify(execFile);
const built = new Map<DurableVersion, Promise<string>>();

/**
 * The path of the built host, for the locked packages. Once a process for each version. Rejects with `NotPossible`
 * where there is no .NET SDK or no NuGet, and with the compiler's words where it does not compile.
 */
export function buildJobHost(version: DurableVersion): Promise<string> {
  const building = built.get(version) ?? build(version);
  built.set(version, building);
  return building;
}

async function build(version: DurableVersion): Promise<string> {
  const folder = projectFile('test', 'durable', 'host');
  const property = `-p:DurableVersion=${version}`;
  await dotnet(folder, 'restore', '--locked-mode', property);
  await dotnet(
    folder,
    'build',
    '--no-restore',
    '--configuration',
    'Release',
    '-p:UseSharedCompilation=false',
    property,
  );
  return projectFile('test', 'durable', 'host', 'bin', version, 'Airlock.DurableHost.dll');
}

async function dotnet(cwd: string, ...args: readonly string[]): Promise<void> {
  try {
    await run('dotnet', [...args], { cwd, env: { ...process.env, ...ENVIRONMENT }, maxBuffer: 1 << 24 });
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') throw new NotPossible('dotnet, the .NET SDK, is not on PATH');
    if (NO_NUGET.test(stdout)) throw new NotPossible('NuGet does not answer, and its packages are not here');
    throw new Error(`dotnet ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
