/** Scenarios in which the C# host is killed. */
import { setTimeout as pause } from 'node:timers/promises';
import { outcomeOf, type RunDetails, type ScenarioContext } from './context.js';
import { ROTATED, rotate } from './rotating.js';
import type { DurableScenario } from './scenario.js';

/** Steps in whose course the host is killed; with `long`, ten moments by chance. */
const FIVE = ['one', 'two', 'three', 'four', 'five'];
const ENABLEMENT_STEPS = ['read the runtime and plan', 'wait until the runtime is ready', 'check access'];
/** The check is still under way when its step is seen. */
const DAG_SECONDS = 60;
const ROTATION_STEPS = ['prove the new credential', 'commit', 'remove the old credential'];
const LONG_KILLS = 10;
const LONGEST_PAUSE_MS = 40_000;

export function kills(long: boolean): readonly DurableScenario[] {
  const several = long ? `${LONG_KILLS} kills` : 'three kills';
  return [
    {
      name: `${several} of the host in ${long ? 'five enablements' : 'an enablement'}`,
      expected: long ? 'enabled, enabled, enabled, enabled, enabled, 10 kills' : 'enabled, 3 kills',
      writes: long ? FIVE.length : 1,
      minutes: long ? 20 : 10,
      kills: true,
      async run(context) {
        if (!long) {
          await context.client.setAirflow('etl', { dagSeconds: DAG_SECONDS });
          const run = await context.enable('etl', killAt(context, ENABLEMENT_STEPS));
          return `${outcomeOf(run)}, ${context.kills} kills`;
        }
        const runs = FIVE.map((name) => context.enable(name));
        await killByChance(context);
        return `${(await Promise.all(runs)).map(outcomeOf).join(', ')}, ${context.kills} kills`;
      },
    },
    {
      name: `${several} of the host in a rotation`,
      expected: `${ROTATED}, ${long ? LONG_KILLS : ROTATION_STEPS.length} kills`,
      writes: 4,
      minutes: 20,
      kills: true,
      run: async (context) => `${await runRotation(context, long)}, ${context.kills} kills`,
    },
  ];
}

async function runRotation(context: ScenarioContext, long: boolean): Promise<string> {
  if (!long) return rotate(context, ['etl-a', 'etl-b'], killAt(context, ROTATION_STEPS));
  let killing: Promise<void> | undefined;
  const outcome = await rotate(context, ['etl-a', 'etl-b'], async () => {
    killing ??= killByChance(context);
  });
  await killing;
  return outcome;
}

/** Kills the host once for each of these steps, as soon as the run is at it or past it. */
function killAt(context: ScenarioContext, steps: readonly string[]): (run: RunDetails) => Promise<void> {
  const ahead = [...steps];
  return async (run) => {
    const [step] = ahead;
    const reached = run.step?.name === step || run.trail.some((entry) => entry.step === step);
    if (step === undefined || !reached) return;
    ahead.shift();
    await context.killHost();
  };
}

async function killByChance(context: ScenarioContext): Promise<void> {
  for (let n = 0; n < LONG_KILLS; n++) {
    await pause(Math.random() * LONGEST_PAUSE_MS);
    await context.killHost();
  }
}
