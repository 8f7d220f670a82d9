import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from '../domain/configuration/profile.js';
import { type Environment, identitiesIn } from './appSettings.js';
import { placeholdersIn } from './placeholders.js';
import { type ConfigurationProblem, type Finding, formatPath, type Path } from './problems.js';
import { resolveConfiguration } from './resolve.js';
import { configurationSchema } from './schema.js';
import { parseText } from './text.js';
import { describeIssue } from './words.js';

export type LoadedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      /** Values of the example that stand there still. They are valid, and nobody's. */
      readonly placeholders: readonly ConfigurationProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[]; readonly more?: number };

/** As many as a person fixes at once; `more` counts the others. */
const MOST_PROBLEMS = 20;

export const DEFAULT_FILE = 'airlock.yaml';

/**
 * Loads the configuration that the app settings name: `AIRLOCK_CONFIG` holds the text itself, `AIRLOCK_CONFIG_FILE` a
 * path relative to `baseDir`. Gives all problems at once; throws nothing.
 */
export async function loadConfiguration(env: Environment, baseDir: string): Promise<LoadedConfiguration> {
  const inline = env['AIRLOCK_CONFIG'];
  const file = env['AIRLOCK_CONFIG_FILE'];
  if (inline && file) {
    const message = 'AIRLOCK_CONFIG and AIRLOCK_CONFIG_FILE are both set.';
    return failure('AIRLOCK_CONFIG', message, 'Remove one of the two app settings.');
  }
  const own = identitiesIn(env);
  if (inline) return checkConfiguration(inline, 'AIRLOCK_CONFIG', own);
  const name = file || DEFAULT_FILE;
  try {
    return checkConfiguration(await readFile(resolve(baseDir, name), 'utf8'), name, own);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return failure(
      name,
      `The configuration file cannot be read (${code}).`,
      'Deploy it with the app, or name it in AIRLOCK_CONFIG_FILE, or put its text into AIRLOCK_CONFIG.',
    );
  }
}

/**
 * Checks the text of a configuration.
 *
 * @param source names it in problems
 * @param own client ids of the app's identities, where they are known: no credential may be one
 */
export function checkConfiguration(
  text: string,
  source: string,
  own: readonly string[] = [],
): LoadedConfiguration {
  const parsed = parseText(text, source);
  if (!parsed.ok) return parsed;
  const problem = (path: Path, message: string, remedy: string): ConfigurationProblem => ({
    source,
    ...parsed.place(path),
    path: formatPath(path),
    message,
    remedy,
  });
  const shaped = configurationSchema.safeParse(parsed.value);
  if (!shaped.success) {
    const problems = shaped.error.issues.flatMap((issue) =>
      describeIssue(issue, valueAt(parsed.value, issue.path), knownKeys).map(({ path, message, remedy }) =>
        problem(path, message, remedy),
      ),
    );
    return capped(problems);
  }
  const { configuration, findings } = resolveConfiguration(shaped.data, own);
  const problemOf = ({ path, message, remedy }: Finding) => problem(path, message, remedy);
  if (findings.length > 0) return capped(findings.map(problemOf));
  return { ok: true, configuration, placeholders: placeholdersIn(parsed.value).map(problemOf) };
}

function capped(problems: readonly ConfigurationProblem[]): LoadedConfiguration {
  const more = problems.length - MOST_PROBLEMS;
  return { ok: false, problems: problems.slice(0, MOST_PROBLEMS), ...(more > 0 ? { more } : {}) };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

/** The settings that are known at a place, from the schema itself. */
function knownKeys(path: Path): readonly string[] {
  const keys = new Set<string>();
  const visit = (schema: unknown, rest: Path): void => {
    const def = (schema as { def?: Record<string, unknown> } | undefined)?.def;
    if (!def) return;
    if (def['innerType']) visit(def['innerType'], rest);
    for (const option of (def['options'] as unknown[] | undefined) ?? []) visit(option, rest);
    if (rest.length === 0) {
      for (const key of Object.keys((def['shape'] as object | undefined) ?? {})) keys.add(key);
      return;
    }
    const [first, ...others] = rest;
    if (typeof first === 'number') visit(def['element'], others);
    else
      visit((def['shape'] as Record<string, unknown> | undefined)?.[first ?? ''] ?? def['valueType'], others);
  };
  visit(configurationSchema, path);
  return [...keys];
}

function failure(source: string, message: string, remedy: string): LoadedConfiguration {
  return { ok: false, problems: [{ source, path: '', message, remedy }] };
}
