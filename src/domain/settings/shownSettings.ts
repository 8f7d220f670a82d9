/**
 * What reads of a runtime have shown of its settings. Nobody promises that a read shows everything: what was there once and
 * is not shown now may be there all the same, and a write of the whole runtime would destroy it.
 */

import type { Plan } from '../runs/plan.js';
import { isJsonObject, type Json } from '../values/json.js';
import { sameId } from '../values/sameId.js';
import {
  type AirflowSettings,
  CONTAINERS,
  type Container,
  ENVIRONMENT,
  REQUIREMENTS,
} from './airflowSettings.js';
import type { Snapshot } from './snapshot.js';

/** What of a snapshot reads are remembered by. */
type Shown = Pick<Snapshot, 'settings' | 'webUrl'>;

/**
 * How many entries a container had when a read last showed any; no values. Absent: never any.
 *
 * No names either. One that was seen and is missing among others is nearly always one that somebody removed, and a read that
 * leaves one out looks the same: names here would make a conflict of each removal, and people would learn to answer it
 * unseen. A container that shows nothing at all is rare enough to ask. What a service is known to leave out is named in
 * `writeOnly.variables`, which is sent again whatever a read shows.
 */
export type SeenSettings = Readonly<Partial<Record<Container, number>>> & {
  /** Host of its web server: a runtime that is made anew under the same name has another, and has shown nothing yet. */
  readonly webHost?: string;
};

/** The settings that a run wrote last, or found to be there, and whether a read has shown them since. */
export interface LastSettings {
  /** `Plan.wanted` of that write. */
  readonly wanted: string;
  /** `written`: no read has told yet. */
  readonly state: 'written' | 'shown' | 'notShown';
}

/**
 * What a pass has learned of the settings.
 *
 * @param plan of the pass, or the one that it wrote
 * @param done whether it wrote, and whether a read has shown that already
 */
export function learned(
  { wanted, changes, conflicts }: Pick<Plan, 'wanted' | 'changes' | 'conflicts'>,
  { changed, shown = false }: { readonly changed: boolean; readonly shown?: boolean },
  seen: SeenSettings,
): { readonly seen: SeenSettings; readonly settings?: LastSettings } {
  // What the app itself wrote is content as well, whether the next read shows it or not.
  if (changed) {
    const state = shown ? 'shown' : 'written';
    return { seen: { [ENVIRONMENT]: 1, [REQUIREMENTS]: 1, ...seen }, settings: { wanted, state } };
  }
  if (conflicts.some(({ code }) => code === 'writeNotShown')) {
    return { seen, settings: { wanted, state: 'notShown' } };
  }
  return changes ? { seen } : { seen, settings: { wanted, state: 'shown' } };
}

/**
 * Whether a read shows all that was written: the marker of its credential, and as many entries. Then whatever is missing
 * later was taken away; otherwise the service may never show it.
 */
export function showsWrite(
  read: { readonly marker?: string; readonly shows?: SeenSettings },
  { credentialId, wrote }: { readonly credentialId: string; readonly wrote: SeenSettings },
): boolean {
  const { marker, shows = {} } = read;
  if (marker === undefined || !sameId(marker, credentialId)) return false;
  return CONTAINERS.every((container) => (shows[container] ?? 0) >= (wrote[container] ?? 0));
}

/** How many entries each container shows; those that show none are left out. */
export function seenIn({ settings, webUrl }: Shown): SeenSettings {
  const shown = CONTAINERS.flatMap((container) => {
    const count = entriesOf(settings[container]);
    return count === 0 ? [] : [[container, count]];
  });
  const webHost = hostOf(webUrl);
  return { ...Object.fromEntries(shown), ...(webHost === undefined ? {} : { webHost }) };
}

/** What is remembered after another read: a container that shows nothing now is remembered as it was. */
export function seenAfter(before: SeenSettings = {}, now: SeenSettings): SeenSettings {
  return isMadeAnew(before, now) ? now : { ...before, ...now };
}

/** Whether two reads are of two runtimes of the same name. Where one does not show its web server, nobody knows. */
export function isMadeAnew(before: SeenSettings = {}, now: SeenSettings = {}): boolean {
  return before.webHost !== undefined && now.webHost !== undefined && before.webHost !== now.webHost;
}

/** What a plan is to know of a runtime besides its settings: what is remembered of it, after this read. */
export function rememberedOf(
  record: { readonly seen?: SeenSettings; readonly settings?: LastSettings } | undefined,
  shown: Shown,
): { readonly seen: SeenSettings; readonly last?: LastSettings } {
  const now = seenIn(shown);
  const isSame = !isMadeAnew(record?.seen, now);
  return {
    seen: seenAfter(record?.seen, now),
    ...(isSame && record?.settings ? { last: record.settings } : {}),
  };
}

/**
 * Containers that show nothing and may hold something all the same.
 *
 * @param mayBeEmpty the profile's word, which goes before what is remembered
 */
export function notShownIn(
  settings: AirflowSettings,
  seen: SeenSettings | undefined,
  mayBeEmpty: boolean | undefined,
): readonly Container[] {
  if (mayBeEmpty === true) return [];
  return CONTAINERS.filter(
    (container) =>
      entriesOf(settings[container]) === 0 && (mayBeEmpty === false || seen?.[container] !== undefined),
  );
}

/** Whether a read shows no variable of the environment. */
export function showsNoVariable(settings: AirflowSettings): boolean {
  return entriesOf(settings[ENVIRONMENT]) === 0;
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

/** Null, left out and empty are one. A shape that is unknown is not empty: it is a conflict of its own. */
function entriesOf(container: Json | undefined): number {
  if (container === undefined || container === null || container === '') return 0;
  if (Array.isArray(container)) return container.length;
  return isJsonObject(container) ? Object.keys(container).length : 1;
}
