/** Scenarios of rotations, undisturbed. */
import { writeSecret } from '../../faults/others.js';
import { DURABLE_VERSIONS } from '../setup/build.js';
import { outcomeOf, ROTATE, type RunDetails, type ScenarioContext } from './context.js';
import type { DurableScenario } from './scenario.js';
import { windowLater } from './windows.js';

const THREE = ['etl-a', 'etl-b', 'etl-c'];
export const ROTATED = 'rotated, all have the new key, the old one is removed';
export const UNDONE = 'all have the old key, the new one is removed';

/** Waits for a person before the pilot. */
export const APPROVAL = { approval: '{ before: pilot, deadlineHours: 24 }' };

export const ROTATING: readonly DurableScenario[] = [
  {
    name: 'a rotation of three, with approval',
    recorded: true,
    expected: ROTATED,
    writes: 6,
    minutes: 16,
    versions: DURABLE_VERSIONS,
    rotation: APPROVAL,
    run: (context) => rotate(context, THREE, (run) => decide(context, run, 'approve')),
  },
  {
    name: 'a rotation that is cancelled',
    expected: `cancelled, ${UNDONE}`,
    minutes: 8,
    async run(context) {
      let asked = false;
      return undo(context, async ({ id, trail }) => {
        if (asked || !trail.some(({ step }) => step === 'mint the next credential')) return;
        asked = (await context.post(`/api/runs/${id}/cancel`)) === 202;
      });
    },
  },
  {
    name: 'a rotation that is rejected',
    recorded: true,
    expected: `rolledBack notApproved, ${UNDONE}`,
    minutes: 8,
    rotation: APPROVAL,
    async run(context) {
      let told = false;
      return undo(context, async (run) => {
        if (!run.waitingFor) return;
        if (!told) await tellToLook(context);
        told = true;
        await decide(context, run, 'reject');
      });
    },
  },
  {
    name: 'a rotation whose pilot fails',
    recorded: true,
    expected: `rolledBack pilotFailed, ${UNDONE}`,
    minutes: 9,
    async run(context) {
      const setCheck = (behaviour: 'forged' | 'normal') =>
        context.client.setAirflow('etl-a', { dags: { airlock_check: { behaviour } } });
      let former: string | null | undefined;
      return undo(context, async ({ step }) => {
        const [marker] = await context.markers();
        former ??= marker;
        // Broken from the write on: a pilot that was broken before would be passed over.
        if (step?.name.startsWith('move the pilot') && marker !== former) await setCheck('forged');
        // The pilot's Airflow recovers, so that the way back is proven.
        if (step?.name === 'roll back') await setCheck('normal');
      });
    },
  },
  {
    name: 'a rotation that is approved before its window opens',
    expected:
      'rotated, the pilot waited for its window, busy meanwhile: a request and a sweep, no other rotation, all have the new key, 1 old ones stay',
    writes: 4,
    minutes: 9,
    rotation: { strategy: 'external', ...APPROVAL },
    profile: windowLater,
    run: runWindow,
  },
];

/** Enables runtimes, rotates, and says also how many of them were moved. */
export async function rotateAndCount(
  context: ScenarioContext,
  names: readonly string[],
  each?: (run: RunDetails) => Promise<void>,
  prepare?: () => Promise<void>,
): Promise<string> {
  let rotation = '';
  const outcome = await rotate(
    context,
    names,
    async (run) => {
      rotation = run.id;
      await each?.(run);
    },
    prepare,
  );
  const { counts } = (await context.ended(rotation)).result ?? {};
  return `${outcome}, ${counts?.moved} of ${counts?.carriers} moved, ${counts?.failed} failed`;
}

/** Enables runtimes, rotates, ends the overlap at once, and says what came of it; `prepare` is done in between. */
export async function rotate(
  context: ScenarioContext,
  names: readonly string[],
  each: (run: RunDetails) => Promise<void> = async () => undefined,
  prepare: () => Promise<void> = async () => undefined,
): Promise<string> {
  await context.enableAll(names);
  const before = await context.keys();
  await prepare();
  const endOverlap = overlapEnder(context);
  const run = await context.startedAndEnded(ROTATE, async (shown) => {
    await endOverlap(shown);
    await each(shown);
  });
  await context.quiet();
  return `${outcomeOf(run)}, ${await holdings(context, before)}`;
}

/** Who has which key after a rotation that began with these. */
async function holdings(context: ScenarioContext, before: readonly string[]): Promise<string> {
  const [keys, markers] = [await context.keys(), await context.markers()];
  const added = keys.filter((key) => !before.includes(key));
  const moved = markers.filter((marker) => marker !== null && added.includes(marker)).length;
  const whose =
    moved === markers.length ? 'all have the new key' : `${moved} of ${markers.length} have the new key`;
  const kept = keys.filter((key) => before.includes(key)).length;
  const left = added.length === 1 ? '' : `, ${added.length} new ones`;
  return `${whose}, ${kept === 0 ? 'the old one is removed' : `${kept} old ones stay`}${left}`;
}

/** An hour is the shortest overlap that a configuration may ask for: a person ends it as soon as the API lets them. */
export function overlapEnder(context: ScenarioContext): (run: RunDetails) => Promise<void> {
  let asked = false;
  return async ({ id, overlapUntil }) => {
    if (asked || overlapUntil === undefined) return;
    const until = new Date(Date.now() + 6 * 60_000).toISOString();
    asked = (await context.post(`/api/runs/${id}/overlap`, { until })) === 202;
  };
}

/** Answers the run where it waits before its pilot. */
export async function decide(
  context: ScenarioContext,
  { id, waitingFor }: RunDetails,
  decision: 'approve' | 'reject',
): Promise<void> {
  // What was said is taken by the next episode: until then it is said again, and that does no harm.
  if (waitingFor?.gate === 'pilot')
    await context.post(`/api/runs/${id}/approve`, { gate: 'pilot', decision });
}

/** Somebody tells the wait at the gate to look, over and over: that decides nothing, and the wait ends with a decision. */
async function tellToLook(context: ScenarioContext): Promise<void> {
  const wait = await context.instance('awaitGate', () => true);
  for (let times = 0; times < 5; times++) await context.raise(wait, 'look');
}

/** A rotation that ends before its commit: everything is as it was. */
export async function undo(
  context: ScenarioContext,
  each: (run: RunDetails) => Promise<void>,
  names: readonly string[] = ['etl-a', 'etl-b'],
): Promise<string> {
  await context.enableAll(names);
  const before = await context.keys();
  const run = await context.startedAndEnded(ROTATE, each);
  await context.quiet();
  return `${outcomeOf(run)}, ${await undone(context, before)}`;
}

/** Whether everybody has the one key that was there before. */
export async function undone(context: ScenarioContext, before: readonly string[]): Promise<string> {
  const [keys, markers] = [await context.keys(), await context.markers()];
  const same = keys.join() === before.join() && markers.every((marker) => marker === before[0]);
  return same ? UNDONE : `keys ${keys.join(' and ')}, runtimes ${markers.join(' and ')}`;
}

/** Somebody writes the next version, which a rotation takes up by itself; approved, it waits for the window. */
async function runWindow(context: ScenarioContext): Promise<string> {
  await context.enableAll(['etl-a', 'etl-b']);
  const before = await context.keys();
  await writeSecret(context.client, 'tagged');
  const { id } = await context.until('rotation that waits', async () =>
    (await context.rotations()).find(({ waitingFor }) => waitingFor?.gate === 'pilot'),
  );
  const meanwhile: string[] = [];
  const run = await context.ended(id, async (shown) => {
    await decide(context, shown, 'approve');
    if (meanwhile.length > 0 || !(await waitsForWindow(context, 'etl-a'))) return;
    const request = await context.startedAndEnded(ROTATE);
    const sweep = await context.startedAndEnded({ action: 'sweep' });
    meanwhile.push(outcomeOf(request), ...(sweep.result?.credentials ?? []).map(({ outcome }) => outcome));
  });
  await context.quiet();
  const others = (await context.rotations()).filter(
    (one) => one.id !== id && !['busy', 'upToDate'].includes(one.outcome ?? ''),
  );
  return [
    outcomeOf(run),
    meanwhile.length > 0 ? 'the pilot waited for its window' : 'no wait for the window',
    meanwhile.join() === 'busy,busy' ? 'busy meanwhile: a request and a sweep' : meanwhile.join(' and '),
    others.length === 0 ? 'no other rotation' : `${others.length} other rotations`,
    await holdings(context, before),
  ].join(', ');
}

async function waitsForWindow(context: ScenarioContext, name: string): Promise<boolean> {
  const runs = await context.runs(name);
  return runs.some(({ step }) => step?.name.startsWith('wait for the maintenance window'));
}
