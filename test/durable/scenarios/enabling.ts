/** Scenarios of runtimes that are enabled, checked and swept, undisturbed. */

import { OPERATOR_VAULT, PRINCIPALS, runtimeId, vaultHost } from '../../../local/sample/names.js';
import { applyDisturbance } from '../../faults/disturbances.js';
import { runtimeEvent } from '../../faults/events.js';
import { THEIR_OWN } from '../../faults/portal.js';
import { grantOnSecret } from '../../grantOnSecret.js';
import { DURABLE_VERSIONS } from '../setup/build.js';
import { outcomeOf, type RunDetails, type ScenarioContext } from './context.js';
import type { DurableScenario } from './scenario.js';
import { windowLater } from './windows.js';

const FIVE = ['one', 'two', 'three', 'four', 'five'];

/** Names that look like secrets': the service hides their values. */
const HIDDEN = Array.from({ length: 24 }, (_, n) => ({
  variable: `TEAM_${n}_PASSWORD`,
  secret: `team-${n}-password`,
  value: `hidden-value-of-team-${n}`,
}));

export const ENABLING: readonly DurableScenario[] = [
  {
    name: 'a runtime is created',
    recorded: true,
    expected: 'enabled, proven',
    writes: 1,
    minutes: 1,
    versions: DURABLE_VERSIONS,
    async run(context) {
      const run = await context.enable('etl');
      return `${outcomeOf(run)}, ${run.proof ? 'proven' : 'not proven'}`;
    },
  },
  {
    name: 'another event while the runtime is enabled',
    recorded: true,
    expected: 'busy, enabled, one more pass',
    writes: 1,
    minutes: 2,
    async run(context) {
      await context.create('etl');
      const first = await context.firstRun('etl');
      await context.until('first step', async () =>
        (await context.runs('etl')).find(({ id, step }) => id === first && step !== undefined),
      );
      await applyDisturbance(
        context.client,
        { afterSeconds: 0, what: { kind: 'runtimeEvent', runtime: 'etl', id: 'second' } },
        first,
      );
      const second = await context.until('second run', async () =>
        (await context.runs('etl')).find(({ id }) => id !== first),
      );
      const [busy, run] = [await context.ended(second.id), await context.ended(first)];
      const again = run.trail.some(({ outcome }) => outcome.endsWith('one more pass'));
      return `${outcomeOf(busy)}, ${outcomeOf(run)}, ${again ? 'one more pass' : 'no other pass'}`;
    },
  },
  {
    name: 'an access check',
    recorded: true,
    expected: 'accessProven',
    writes: 1,
    minutes: 2,
    async run(context) {
      await context.enableAll(['etl']);
      return outcomeOf(await context.startedAndEnded({ action: 'check', runtime: runtimeId('etl') }));
    },
  },
  {
    name: 'a dry run, then the preflight',
    recorded: true,
    expected: 'planned, prepared',
    writes: 0,
    minutes: 1,
    async run(context) {
      await context.unsubscribe();
      await context.create('etl');
      const plan = await context.startedAndEnded({
        action: 'enable',
        runtime: runtimeId('etl'),
        dryRun: true,
      });
      return `${outcomeOf(plan)}, ${outcomeOf(await context.startedAndEnded({ action: 'preflight' }))}`;
    },
  },
  {
    name: 'a sweep finds what no event told of',
    recorded: true,
    expected: 'swept, enabled',
    writes: 1,
    minutes: 2,
    async run(context) {
      // What this list does not show is new to the app from then on.
      await context.startedAndEnded({ action: 'sweep' });
      await context.unsubscribe();
      await context.create('silent');
      // One that is still being made is left for the next sweep.
      await context.until('start of the runtime', async () =>
        (await context.client.runtimes()).find(({ name, up }) => name === 'silent' && up),
      );
      const sweep = await context.startedAndEnded({ action: 'sweep' });
      return `${outcomeOf(sweep)}, ${outcomeOf(await context.ended(await context.firstRun('silent')))}`;
    },
  },
  {
    name: 'a profile of five',
    recorded: true,
    expected: 'enabled, 5 enabled',
    writes: 5,
    minutes: 2,
    async run(context) {
      await context.unsubscribe();
      for (const name of FIVE) await context.create(name);
      const run = await context.startedAndEnded({ action: 'enable', profile: 'default' });
      const runs = await Promise.all(FIVE.map(async (name) => (await context.runs(name))[0]?.outcome));
      return `${outcomeOf(run)}, ${runs.filter((outcome) => outcome === 'enabled').length} enabled`;
    },
  },
  {
    name: 'a runtime with 24 variables that the service hides',
    expected: 'conflict maskedValue, the plan names 24 of them',
    writes: 0,
    minutes: 2,
    async run(context) {
      const run = await enableHidden(context);
      const named = run.plan?.conflicts.filter(({ setting }) =>
        HIDDEN.some((one) => setting === one.variable),
      );
      return `${outcomeOf(run)}, the plan names ${named?.length ?? 0} of them`;
    },
  },
  {
    name: 'a runtime with 24 hidden variables that the profile names',
    expected: 'enabled',
    writes: 1,
    minutes: 2,
    profile: [
      'writeOnly:',
      '  variables:',
      ...HIDDEN.map(
        ({ variable, secret }) =>
          `    ${variable}: { vault: "https://${vaultHost(OPERATOR_VAULT)}", name: ${secret} }`,
      ),
    ],
    run: async (context) => outcomeOf(await enableHidden(context)),
  },
  {
    name: 'a runtime whose writes are throttled and whose check begins late',
    recorded: true,
    expected: 'enabled',
    writes: 1,
    minutes: 4,
    run: runObstacles,
  },
  {
    name: 'a change waits for its window and for tasks',
    recorded: true,
    expected: 'enabled, waited for its window, waited for tasks',
    writes: 2,
    minutes: 14,
    profile: (now) => windowLater(now, 'drainMinutes: 30'),
    run: runMaintenance,
  },
  {
    name: 'a batch of events',
    expected: 'delivered, 3 enabled',
    writes: 3,
    minutes: 2,
    run: runBatch,
  },
];

/** Somebody sets a runtime up anew while its tasks are running. */
async function runMaintenance(context: ScenarioContext): Promise<string> {
  await context.enableAll(['etl']);
  const before = (await context.runs('etl')).map(({ id }) => id);
  await context.client.setAirflow('etl', { otherTasks: 2 });
  await context.create('etl', THEIR_OWN);
  const next = await context.until('another run', async () =>
    (await context.runs('etl')).find(({ id }) => !before.includes(id)),
  );
  const run = await context.ended(next.id, async ({ step }) => {
    if (step?.name === 'wait until no task is running')
      await context.client.setAirflow('etl', { otherTasks: 0 });
  });
  const waited = (step: string) =>
    run.trail.some((entry) => entry.step.startsWith(step)) ? 'waited' : 'no wait';
  const forWindow = waited('wait for the maintenance window');
  return `${outcomeOf(run)}, ${forWindow} for its window, ${waited('wait until no task is running')} for tasks`;
}

async function enableHidden(context: ScenarioContext): Promise<RunDetails> {
  for (const { secret, value } of HIDDEN) {
    await context.client.setSecret(OPERATOR_VAULT, secret, { value });
    await grantOnSecret(context, OPERATOR_VAULT, secret);
  }
  await context.client.setLifecycle({ masking: 'asterisks' }, 'etl');
  const variables = Object.fromEntries(HIDDEN.map(({ variable, value }) => [variable, value]));
  await context.create('etl', { airflowEnvironmentVariables: variables });
  return context.ended(await context.firstRun('etl'));
}

/** The extension runs the function for each event of one delivery. */
async function runBatch(context: ScenarioContext): Promise<string> {
  const names = FIVE.slice(0, 3);
  await context.unsubscribe();
  for (const name of names) await context.create(name);
  const status = await context.client.deliver(
    names.map((name) => runtimeEvent(name, `batch-${name}`)),
    'runtimeEvents',
  );
  const runs = await Promise.all(names.map(async (name) => context.ended(await context.firstRun(name))));
  const enabled = runs.filter(({ outcome }) => outcome === 'enabled').length;
  return `${status !== null && status < 300 ? 'delivered' : `answered ${status}`}, ${enabled} enabled`;
}

async function runObstacles(context: ScenarioContext): Promise<string> {
  await context.client.addFault({
    match: { service: 'arm', operation: 'integrationRuntimes.createOrUpdate', caller: PRINCIPALS.app },
    action: { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
    times: 2,
  });
  await context.client.setAirflow('etl', { dags: { airlock_check: { paused: true } } });
  return outcomeOf(await context.enable('etl'));
}
