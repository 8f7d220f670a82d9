/**
 * One year of an app that looks after twenty runtimes, in virtual time: sweeps as shipped, credentials of 90 days, and
 * everything that yearEvents.ts draws from a seed. It is printed as it goes.
 */

import { CHECKS, type Check } from './checks.js';
import { CredentialOwner } from './credentialOwner.js';
import { type DurableSize, durableSize } from './instances.js';
import { Random } from './random.js';
import { Watch } from './watch.js';
import { World } from './world.js';
import { drawYear, type YearEvent } from './yearEvents.js';

const DAY_S = 24 * 3600;
const DAY_MS = DAY_S * 1000;
/** Nothing happens in the last days: what is left by then is left for good. */
const QUIET_DAYS = 15;
const QUARTER_DAYS = 91;
/** How much more the durable host may keep at the end of a later half of the year. */
const GROWTH = 1.5;

export interface YearOptions {
  readonly seed: number;
  readonly days: number;
  readonly out: (line: string) => void;
}

/** Lives the year; gives whether nothing was broken. */
export async function liveYear({ seed, days, out }: YearOptions): Promise<boolean> {
  const began = performance.now();
  const world = await World.open();
  const say = (line: string) => {
    const at = world.lastLook;
    const day = String(Math.floor((at - world.begin) / DAY_MS)).padStart(3);
    out(`day ${day} ${new Date(at).toISOString().slice(0, 16)}  ${line}`);
  };
  const watch = new Watch(world, say);
  const year = drawYear(new Random(seed));
  out(`seed ${seed}, ${world.names().length} runtimes, ${days} days`);
  const sizes: DurableSize[] = [];
  const owner = new CredentialOwner(world, watch, say);
  watch.notifications.expect(...year.expectedNotifications);
  let events: readonly YearEvent[] = year.events.filter(({ day }) => day < days - QUIET_DAYS);
  try {
    for (let day = 1; day <= days; day++) {
      const today = events.filter((event) => event.day < day);
      events = events.slice(today.length);
      for (const event of today) {
        await until(world, event.day);
        say(event.description);
        await event.apply(world, watch);
      }
      await until(world, day);
      await watch.look();
      await owner.work(day);
      if (day % QUARTER_DAYS === 0) {
        const size = await durableSize(world.client);
        sizes.push(size);
        say(
          `kept: ${size.instances} instances with ${size.events} events, ${size.entities} entities with ${size.entityState} characters`,
        );
      }
    }
    watch.close(days);
    grown(sizes, watch);
    summarize(watch, out, performance.now() - began);
    return watch.checks.violations.length === 0;
  } finally {
    await world.close();
  }
}

async function until(world: World, day: number): Promise<void> {
  const seconds = (world.begin + day * DAY_MS - (await world.now())) / 1000;
  if (seconds <= 0) return;
  await world.client.advance(seconds);
  await world.now();
}

/** What is kept goes with the fleet, not with time. */
function grown(sizes: readonly DurableSize[], watch: Watch): void {
  const half = Math.floor(sizes.length / 2);
  for (const what of ['instances', 'events', 'entities', 'entityState'] as const) {
    const most = (some: readonly DurableSize[]) => Math.max(0, ...some.map((size) => size[what]));
    const [before, after] = [most(sizes.slice(0, half)), most(sizes.slice(half))];
    if (half > 0 && after > GROWTH * before)
      watch.checks.break('growth', `${what} grew from ${before} to ${after}`);
  }
}

function summarize(watch: Watch, out: (line: string) => void, ms: number): void {
  out('');
  for (const [end, count] of [...watch.outcomes].sort(([, a], [, b]) => b - a))
    out(`${String(count).padStart(6)} ${end}`);
  const types = new Map<string, number>();
  for (const { type } of watch.notifications.all) types.set(type, (types.get(type) ?? 0) + 1);
  out(`events: ${[...types].map(([type, count]) => `${type} ×${count}`).join(', ')}`);
  for (const [check, text] of Object.entries(CHECKS)) {
    const count = watch.checks.broken.get(check as Check) ?? 0;
    out(`${count === 0 ? 'kept     ' : `${count} broken`.padEnd(9)} ${text}`);
  }
  out(`${watch.checks.violations.length} violations, ${Math.round(ms / 1000)} s`);
  for (const what of watch.checks.violations) out(`  ${what}`);
}
