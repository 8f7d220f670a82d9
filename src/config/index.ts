/** The configuration that the app settings name: loaded when first needed. What checks it is loaded then, too. */
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

let loaded: { readonly named: string; readonly result: Promise<LoadedConfiguration> } | undefined;

/**
 * The configuration and what is wrong with it or with the app settings. Loads once, and again only where the settings
 * name another one: a local cloud serves one after the other.
 */
export async function configurationOfProcess(): Promise<LoadedConfiguration> {
  const named = JSON.stringify([process.env['AIRLOCK_CONFIG'], process.env['AIRLOCK_CONFIG_FILE']]);
  if (loaded?.named !== named) loaded = { named, result: load() };
  const [result, { problems }] = [await loaded.result, readAppSettings()];
  if (problems.length === 0) return result;
  if (result.ok) return { ok: false, problems };
  return { ...result, problems: [...problems, ...result.problems] };
}

async function load(): Promise<LoadedConfiguration> {
  const { loadConfiguration } = await import('./load.js');
  return loadConfiguration(process.env, appRoot());
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
