/** Scenarios of twenty runtimes on two hosts that run the same episodes: whatever an episode sends comes twice. */

import type { RunDetails, ScenarioContext } from './context.js';
import { ROTATED, rotateAndCount } from './rotating.js';
import type { DurableScenario } from './scenario.js';

const TWENTY = Array.from({ length: 20 }, (_, n) => `etl-${n}`);

/** Which episodes are doubled: of an orchestration each nth, so many of them. */
interface Doubled {
  readonly orchestration: string;
  readonly nth: number;
  readonly times: number;
}

const ENABLEMENT: readonly Doubled[] = [
  { orchestration: 'runtimeRun', nth: 30, times: 1 },
  { orchestration: 'checkAccess', nth: 5, times: 1 },
];
const ROTATION: readonly Doubled[] = [
  { orchestration: 'rotateCredential', nth: 6, times: 2 },
  { orchestration: 'moveGroup', nth: 2, times: 1 },
  { orchestration: 'runtimeRun', nth: 60, times: 1 },
];

export const TWO_HOSTS: readonly DurableScenario[] = [
  {
    name: 'an enablement of twenty on two hosts, with episodes that both run',
    expected: `20 of 20 enabled, ${forced(ENABLEMENT)}`,
    writes: TWENTY.length,
    minutes: 7,
    hosts: 2,
    doubled: true,
    async run(context) {
      await doubleEpisodes(context, ENABLEMENT);
      const runs = await Promise.all(TWENTY.map((name) => context.enable(name)));
      await context.quiet();
      const others = runs.filter(({ outcome }) => outcome !== 'enabled');
      const enabled = `${runs.length - others.length} of ${runs.length} enabled`;
      return [enabled, ...others.map(inFull), await forcedIn(context)].join(', ');
    },
  },
  {
    name: 'a rotation of twenty on two hosts, with episodes that both run',
    expected: `${ROTATED}, 20 of 20 moved, 0 failed, ${forced(ROTATION)}`,
    writes: 2 * TWENTY.length,
    minutes: 20,
    hosts: 2,
    doubled: true,
    async run(context) {
      const outcome = await rotateAndCount(context, TWENTY, undefined, () =>
        doubleEpisodes(context, ROTATION),
      );
      return `${outcome}, ${await forcedIn(context)}`;
    },
  },
];

async function doubleEpisodes(context: ScenarioContext, doubled: readonly Doubled[]): Promise<void> {
  for (const { orchestration, nth, times } of doubled) {
    for (let n = 1; n <= times; n++) await context.episodesTwice(orchestration, { skip: n * nth - 1 });
  }
}

function inFull({ id, outcome, summary }: RunDetails): string {
  return `${id} ${outcome ?? 'without an outcome'} (${summary ?? ''})`;
}

function forced(doubled: readonly Doubled[]): string {
  return said(doubled.reduce((sum, { times }) => sum + times, 0));
}

/** An episode that was held and that no other host ran is none. */
async function forcedIn(context: ScenarioContext): Promise<string> {
  return said((await context.stats()).episodes.forced);
}

function said(episodes: number): string {
  return `${episodes} episodes held until both had run them`;
}
