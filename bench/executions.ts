/**
 * How many function executions an enablement, a check, a sweep and a rotation take, with updates of 20 minutes, in virtual
 * time: the numbers that docs/cost.md reckons with.
 */
import type { LocalClient } from '../local/client.js';
import { startRun } from '../local/demo/follow.js';
import { launchLocalCloud } from '../local/launch.js';
import type { HostStats } from '../local/runner/hostStats.js';
import { AS_DEPLOYED } from '../local/sample/appSettings.js';
import { runtimeId } from '../local/sample/names.js';
import { type Measurement, measured } from './measure.js';

const UPDATE_SECONDS = 20 * 60;
/** A rotation waits its overlap of 24 h out. */
const TWO_DAYS = 48 * 3600;
/** Once a year. */
const NO_SWEEP = { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' };
const FEW = 1;
const MANY = 11;

export async function benchExecutions(): Promise<Measurement[]> {
  const [few, many] = [await countsOf(FEW), await countsOf(MANY)];
  const perRuntime = (many.rotation - few.rotation) / (MANY - FEW);
  return [
    measured('executions.enable', few.enablement, 'executions'),
    measured('executions.check', few.check, 'executions'),
    measured('executions.sweep', few.sweep, 'executions'),
    measured('executions.rotate', few.rotation - FEW * perRuntime, 'executions'),
    measured('executions.rotate.runtime', perRuntime, 'executions'),
  ];
}

interface Counts {
  readonly enablement: number;
  /** The check that renews a proof. */
  readonly check: number;
  readonly sweep: number;
  readonly rotation: number;
}

async function countsOf(runtimes: number): Promise<Counts> {
  const cloud = await launchLocalCloud({
    port: 0,
    clock: 'virtual',
    settings: { ...NO_SWEEP, ...AS_DEPLOYED },
  });
  try {
    const { client } = cloud;
    await client.setLifecycle({ startSeconds: UPDATE_SECONDS });
    const enablement = await executionsOf(client, async () => {
      for (let n = 1; n <= runtimes; n++) await client.createRuntime({ name: `etl-${n}` });
    });
    const check = await executionsOf(client, () =>
      startRun(client, { action: 'check', runtime: runtimeId('etl-1') }),
    );
    // The first one notes what is there, once.
    await executionsOf(client, () => startRun(client, { action: 'sweep' }));
    const sweep = await executionsOf(client, () => startRun(client, { action: 'sweep' }));
    const rotation = await executionsOf(client, () =>
      startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true }),
    );
    return { enablement: enablement / runtimes, check, sweep, rotation };
  } finally {
    await cloud.stop();
  }
}

/** Executions until nothing is left to do. */
async function executionsOf(client: LocalClient, begin: () => Promise<unknown>): Promise<number> {
  const before = await executions(client);
  await begin();
  await client.run({ maxSeconds: TWO_DAYS });
  return (await executions(client)) - before;
}

async function executions(client: LocalClient): Promise<number> {
  const { invocations } = (await client.stats()) as unknown as HostStats;
  return Object.values(invocations).reduce((sum, count) => sum + count, 0);
}
