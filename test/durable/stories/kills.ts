/** Stories in which the C# host is killed. */
import { setTimeout as pause } from 'node:timers/promises';
import { ROTATED, rotate } from './rotating.js';
import { outcomeOf, type Scene, type ToldRun } from './scene.js';
import type { Story } from './story.js';

/** Steps in whose course the host is killed; with `long`, ten moments by chance. */
const FIVE = ['one', 'two', 'three', 'four', 'five'];
const ENABLEMENT_STEPS = ['read the runtime and plan', 'wait until the runtime is ready', 'check access'];
/** The check is still under way when its step is seen. */
const DAG_SECONDS = 60;
const ROTATION_STEPS = ['prove the new credential', 'commit', 'remove the old credential'];
const LONG_KILLS = 10;
const LONGEST_PAUSE_MS = 40_000;

export function kills(long: boolean): readonly Story[] {
  const several = long ? `${LONG_KILLS} kills` : 'three kills';
  return [
    {
      name: `${several} of the host in ${long ? 'five enablements' : 'an enablement'}`,
      expected: long ? 'enabled, enabled, enabled, enabled, enabled, 10 kills' : 'enabled, 3 kills',
      writes: long ? FIVE.length : 1,
      minutes: long ? 20 : 10,
      kills: true,
      async tell(scene) {
        if (!long) {
          await scene.client.setAirflow('etl', { dagSeconds: DAG_SECONDS });
          const run = await scene.enable('etl', killAt(scene, ENABLEMENT_STEPS));
          return `${outcomeOf(run)}, ${scene.kills} kills`;
        }
        const runs = FIVE.map((name) => scene.enable(name));
        await killByChance(scene);
        return `${(await Promise.all(runs)).map(outcomeOf).join(', ')}, ${scene.kills} kills`;
      },
    },
    {
      name: `${several} of the host in a rotation`,
      expected: `${ROTATED}, ${long ? LONG_KILLS : ROTATION_STEPS.length} kills`,
      writes: 4,
      minutes: 20,
      kills: true,
      tell: async (scene) => `${await tellRotation(scene, long)}, ${scene.kills} kills`,
    },
  ];
}

async function tellRotation(scene: Scene, long: boolean): Promise<string> {
  if (!long) return rotate(scene, ['etl-a', 'etl-b'], killAt(scene, ROTATION_STEPS));
  let killing: Promise<void> | undefined;
  const told = await rotate(scene, ['etl-a', 'etl-b'], async () => {
    killing ??= killByChance(scene);
  });
  await killing;
  return told;
}

/** Kills the host once for each of these steps, as soon as the run is at it or past it. */
function killAt(scene: Scene, steps: readonly string[]): (run: ToldRun) => Promise<void> {
  const ahead = [...steps];
  return async (run) => {
    const [step] = ahead;
    const reached = run.step?.name === step || run.trail.some((entry) => entry.step === step);
    if (step === undefined || !reached) return;
    ahead.shift();
    await scene.killHost();
  };
}

async function killByChance(scene: Scene): Promise<void> {
  for (let n = 0; n < LONG_KILLS; n++) {
    await pause(Math.random() * LONGEST_PAUSE_MS);
    await scene.killHost();
  }
}
