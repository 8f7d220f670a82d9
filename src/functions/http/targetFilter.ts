/** What `?target=` of the list of runs means: whose runs are asked for, and whether the app knows any such. */
import type { Configuration } from '../../domain/configuration/profile.js';
import { matchProfiles } from '../../domain/configuration/profileMatching.js';
import { canonicalRuntimeId, displayRuntime, type RuntimeId } from '../../domain/values/runtimeId.js';
import { caseless, sameId } from '../../domain/values/sameId.js';
import type { RuntimeKinds } from '../../runtimes/kind.js';

export type TargetFilter =
  | {
      readonly kind: 'filter';
      /** Whether a run's target, as the API shows it, is meant. */
      fits(target: string): boolean;
      /** Why there can be no such run but an old one; absent where there may be. */
      readonly unknown?: string;
    }
  | { readonly kind: 'refused'; readonly detail: string };

interface Known {
  readonly configuration: Configuration;
  readonly kinds: RuntimeKinds;
}

/**
 * Reads a runtime's id in any spelling (also as a URL of its service has it, or without its first slash), a
 * runtime as people call it (`adf-sales/etl`), or the name of a profile or a credential, or `everything`.
 */
export function targetFilter(text: string, known: Known): TargetFilter {
  const given = text.trim();
  const path = URL.canParse(given) ? new URL(given).pathname : given;
  if (known.kinds.resembles(path)) return byId(path, known);
  if (path.includes('/')) return byName(path, known);
  return byWord(path, known);
}

function byId(path: string, { configuration: { profiles }, kinds }: Known): TargetFilter {
  const id = kinds.parse(path.startsWith('/') ? path : `/${path}`);
  if (!id) {
    return { kind: 'refused', detail: `It is not ${kinds.id}: ${kinds.idShape}.` };
  }
  const wanted = canonicalRuntimeId(id);
  return {
    kind: 'filter',
    fits: (target) => idOf(kinds, target, canonicalRuntimeId) === wanted,
    ...(matchProfiles(profiles, id).kind === 'none' ? { unknown: unmatched(displayRuntime(id)) } : {}),
  };
}

function byName(path: string, { configuration: { profiles }, kinds }: Known): TargetFilter {
  const [place = '', name = '', ...more] = path.split('/');
  if (place === '' || name === '' || more.length > 0) {
    const detail = `Write a runtime as ${kinds.nameShape}, or as its resource id: ${kinds.idShape}.`;
    return { kind: 'refused', detail };
  }
  const wanted = caseless(path);
  const matched = profiles.some(({ runtimes }) => runtimes.some((pattern) => pattern.mayMatchName(path)));
  return {
    kind: 'filter',
    fits: (target) => caseless(idOf(kinds, target, displayRuntime) ?? '') === wanted,
    ...(matched ? {} : { unknown: unmatched(path) }),
  };
}

function byWord(word: string, { configuration: { profiles, credentials }, kinds }: Known): TargetFilter {
  const known = [...profiles, ...credentials].map(({ name }) => name);
  const isKnown = [...known, 'everything'].some((name) => sameId(name, word));
  return {
    kind: 'filter',
    fits: (target) => sameId(target, word),
    ...(isKnown
      ? {}
      : {
          unknown: `There is no profile and no credential of that name, and no run on one. There are: ${known.join(', ')}. Write a runtime as ${kinds.nameShape}.`,
        }),
  };
}

function unmatched(runtime: string): string {
  return `The app knows no runtime ${runtime.slice(0, 150)}: no profile matches it, and there is no run on it.`;
}

/** A run's target as an id, told in some way; `undefined` where it is no runtime. */
function idOf(kinds: RuntimeKinds, target: string, describe: (id: RuntimeId) => string): string | undefined {
  const id = kinds.parse(target);
  return id && describe(id);
}
