/** What is told of a credential once a day, however many runs find it: that it nears its end, or that nobody knows that. */

/** Something that was told. */
export interface Told {
  /** What, and of which version: another version, or another trouble, is told as well. */
  readonly about: string;
  /** The run that told. */
  readonly runId: string;
  /** ISO 8601. */
  readonly at: string;
}

/** More than a credential has troubles in a day. */
const MOST = 20;

/**
 * Whether a run is the one that tells of something today (UTC), and what has been told then. The one that was told yes is
 * told yes again; one that comes after the day is told no.
 */
export function tellingOf(
  told: readonly Told[],
  wanted: Told,
): { readonly tells: boolean; readonly told: readonly Told[] } {
  const day = dayOf(wanted);
  const alike = told.filter(({ about }) => about === wanted.about);
  const today = alike.find((one) => dayOf(one) === day);
  if (today) return { tells: today.runId === wanted.runId, told };
  if (alike.some((one) => dayOf(one) > day)) return { tells: false, told };
  return { tells: true, told: [...told, wanted].slice(-MOST) };
}

function dayOf({ at }: Told): string {
  return at.slice(0, 'YYYY-MM-DD'.length);
}
