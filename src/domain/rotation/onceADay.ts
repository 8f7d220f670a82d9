/** What is told of a credential once a day, however many runs find it: that it nears its end, or that nobody knows that. */

/** Something that was told. */
export interface Announcement {
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
export function announcementOf(
  announced: readonly Announcement[],
  wanted: Announcement,
): { readonly announces: boolean; readonly announced: readonly Announcement[] } {
  const day = dayOf(wanted);
  const alike = announced.filter(({ about }) => about === wanted.about);
  const today = alike.find((one) => dayOf(one) === day);
  if (today) return { announces: today.runId === wanted.runId, announced };
  if (alike.some((one) => dayOf(one) > day)) return { announces: false, announced };
  return { announces: true, announced: [...announced, wanted].slice(-MOST) };
}

function dayOf({ at }: Announcement): string {
  return at.slice(0, 'YYYY-MM-DD'.length);
}
