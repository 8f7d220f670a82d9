/** What the schema's check found, in words: what is wrong, and what to do. Values are never repeated: one may be a secret. */
import type { Path } from './problems.js';
import { nearest } from './suggest.js';

/** What zod found, of as much as is used here. */
export interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Names of unknown members. */
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  /** The words that are allowed: of a list of them, and of what tells alternatives apart. */
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
}

export interface Words {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
}

const SEE_README = 'README, "Configure", shows what goes here.';

/**
 * @param value what stands at the place of the issue
 * @param known the settings that there are at a place
 */
export function describeIssue(
  issue: Issue,
  value: unknown,
  known: (path: Path) => readonly string[],
): Words[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => unknownKey(key, path, known(path)));
  }
  const allowed = issue.values ?? issue.options;
  if (value === undefined && path.length > 0) return [missing(path, issue, allowed)];
  if (allowed) return [wrongWord(path, value, allowed)];
  if (issue.code === 'invalid_type') return [wrongKind(path, issue, value)];
  return [{ path, message: bounds(issue) ?? sentence(issue.message), remedy: SEE_README }];
}

function unknownKey(key: string, path: Path, known: readonly string[]): Words {
  const meant = nearest(key, known);
  return {
    path: [...path, key],
    message: `${key} is not a setting here.`,
    remedy: meant ? `Did you mean ${meant}?` : 'Remove it; README, "Configure", lists what there is.',
  };
}

function missing(path: Path, issue: Issue, allowed: readonly unknown[] | undefined): Words {
  const what = allowed ? listOf(allowed) : kindOf(issue.expected);
  return { path, message: `${path.at(-1)} is missing.`, remedy: `Add it: ${what}. ${SEE_README}` };
}

function wrongWord(path: Path, value: unknown, allowed: readonly unknown[]): Words {
  const meant = typeof value === 'string' ? nearest(value, allowed.map(String)) : undefined;
  return {
    path,
    message:
      allowed.length === 1 ? `It must be ${listOf(allowed)}.` : `It must be one of ${listOf(allowed)}.`,
    remedy: meant === undefined ? SEE_README : `Did you mean ${meant}?`,
  };
}

function wrongKind(path: Path, { expected }: Issue, value: unknown): Words {
  const wanted = kindOf(expected);
  if (path.length === 0 && (value === null || value === undefined)) {
    const remedy = 'Copy examples/airlock.yaml and make it yours.';
    return { path, message: 'The configuration is empty.', remedy };
  }
  if (value === null) {
    return { path, message: `It has no value, and must be ${wanted}.`, remedy: `Write one. ${SEE_README}` };
  }
  return { path, message: `It must be ${wanted}, and is ${kindOfValue(value)}.`, remedy: SEE_README };
}

function bounds({ code, origin, minimum, maximum }: Issue): string | undefined {
  if (code !== 'too_small' && code !== 'too_big') return undefined;
  const [bound, limit] = code === 'too_small' ? ['at least', minimum] : ['at most', maximum];
  if (origin === 'string') return `It must have ${bound} ${limit} character(s).`;
  if (origin === 'array' || origin === 'object' || origin === 'record') {
    return `It must have ${bound} ${limit} entry or entries.`;
  }
  return `It must be ${bound} ${limit}.`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list (each entry in a line of its own that begins with a dash)',
  object: 'a map (name: value)',
  record: 'a map (name: value)',
};

function kindOf(expected: string | undefined): string {
  return KINDS[expected ?? ''] ?? 'a value';
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a number with a fraction';
  return typeof value === 'object' ? 'a map' : (KINDS[typeof value] ?? 'something else');
}

function listOf(words: readonly unknown[]): string {
  return words.map(String).join(', ');
}

function sentence(text: string): string {
  const whole = /^(?:must|may) /.test(text) ? `It ${text}` : text;
  return `${whole.slice(0, 1).toUpperCase()}${whole.slice(1)}${/[.!?]$/.test(whole) ? '' : '.'}`;
}
