/** The configuration of this process: loaded once, when first needed. What checks it is loaded then, too. */
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../domain/configuration/profile.js';
import { readAppSettings } from './appSettings.js';
import type { LoadedConfiguration } from './load.js';
import { type ConfigurationProblem, formatProblem } from './problems.js';

export { type AppSettings, readAppSettings } from './appSettings.js';
export { type ConfigurationProblem, formatProblem } from './problems.js';

/** Thrown where something needs the configuration and it is wrong: the problems are in the log since the start. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(`The configuration has ${problems.length} problem(s): ${problems.map(formatProblem).join('; ')}`);
  }
}

let loaded: Promise<LoadedConfiguration> | undefined;

/** The configuration and what is wrong with it or with the app settings. Loads once a process. */
export async function configurationOfProcess(): Promise<LoadedConfiguration> {
  loaded ??= import('./load.js').then(({ loadConfiguration }) => loadConfiguration(process.env, appRoot()));
  const [result, { problems }] = [await loaded, readAppSettings()];
  if (problems.length === 0) return result;
  if (result.ok) return { ok: false, problems };
  return { ...result, problems: [...problems, ...result.problems] };
}

/** The configuration. Throws `ConfigurationError` where it is wrong. */
export async function requireConfiguration(): Promise<Configuration> {
  const result = await configurationOfProcess();
  if (!result.ok) throw new ConfigurationError(result.problems);
  return result.configuration;
}

/** The folder that holds host.json: the built entry point lies in `dist/`, its chunks one folder deeper. */
function appRoot(): string {
  return (
    process.env['AzureWebJobsScriptRoot'] ??
    fileURLToPath(new URL(import.meta.url.includes('/chunks/') ? '../../' : '../', import.meta.url))
  );
}
