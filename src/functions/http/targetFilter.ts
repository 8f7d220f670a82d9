/** What `?target=` of the list of runs means: whose runs are asked for, and whether the app knows any such. */
import type { Configuration } from '../../domain/configuration/profile.js';
import { globMatches, matchProfiles } from '../../domain/configuration/profileMatching.js';
import {
  canonicalRuntimeId,
  displayRuntime,
  parseRuntimeId,
  type RuntimeId,
} from '../../domain/values/runtimeId.js';
import { caseless, sameId } from '../../domain/values/sameId.js';

export type TargetFilter =
  | {
      readonly kind: 'filter';
      /** Whether a run's target, as the API shows it, is meant. */
      fits(target: string): boolean;
      /** Why there can be no such run but an old one; absent where there may be. */
      readonly unknown?: string;
    }
  | { readonly kind: 'refused'; readonly detail: string };

const RESOURCE_ID =
  '/subscriptions/…/resourceGroups/…/providers/Microsoft.DataFactory/factories/…/integrationRuntimes/…';

/**
 * Reads a runtime's resource id in any spelling (also as a URL of Resource Manager has it, or without its first slash), a
 * runtime as people call it (`adf-sales/etl`), or the name of a profile or a credential, or `everything`.
 */
export function targetFilter(text: string, configuration: Configuration): TargetFilter {
  const given = text.trim();
  const path = URL.canParse(given) ? new URL(given).pathname : given;
  if (/^\/?subscriptions\//i.test(path)) return byId(path, configuration);
  if (path.includes('/')) return byName(path, configuration);
  return byWord(path, configuration);
}

function byId(path: string, { profiles }: Configuration): TargetFilter {
  const id = parseRuntimeId(path.startsWith('/') ? path : `/${path}`);
  if (!id) {
    return {
      kind: 'refused',
      detail: `It is not the resource id of an integration runtime: ${RESOURCE_ID}.`,
    };
  }
  const wanted = canonicalRuntimeId(id);
  return {
    kind: 'filter',
    fits: (target) => idOf(target, canonicalRuntimeId) === wanted,
    ...(matchProfiles(profiles, id).kind === 'none' ? { unknown: unmatched(displayRuntime(id)) } : {}),
  };
}

function byName(path: string, { profiles }: Configuration): TargetFilter {
  const [factory = '', name = '', ...more] = path.split('/');
  if (factory === '' || name === '' || more.length > 0) {
    return {
      kind: 'refused',
      detail: `Write a runtime as factory/name, or as its resource id: ${RESOURCE_ID}.`,
    };
  }
  const wanted = caseless(path);
  const matched = profiles.some(({ runtimes }) =>
    runtimes.some((one) => globMatches(one.factory, factory) && globMatches(one.name, name)),
  );
  return {
    kind: 'filter',
    fits: (target) => caseless(idOf(target, displayRuntime) ?? '') === wanted,
    ...(matched ? {} : { unknown: unmatched(path) }),
  };
}

function byWord(word: string, { profiles, credentials }: Configuration): TargetFilter {
  const known = [...profiles, ...credentials].map(({ name }) => name);
  const isKnown = [...known, 'everything'].some((name) => sameId(name, word));
  return {
    kind: 'filter',
    fits: (target) => sameId(target, word),
    ...(isKnown
      ? {}
      : {
          unknown: `There is no profile and no credential of that name, and no run on one. There are: ${known.join(', ')}. Write a runtime as factory/name.`,
        }),
  };
}

function unmatched(runtime: string): string {
  return `The app knows no runtime ${runtime.slice(0, 150)}: no profile matches it, and there is no run on it.`;
}

/** A run's target as an id, told in some way; `undefined` where it is no runtime. */
function idOf(target: string, tell: (id: RuntimeId) => string): string | undefined {
  const id = parseRuntimeId(target);
  return id && tell(id);
}
