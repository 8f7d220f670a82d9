/** Stories of rotations, undisturbed. */
import { writeSecret } from '../../faults/others.js';
import { DURABLE_VERSIONS } from '../setup/build.js';
import { outcomeOf, ROTATE, type Scene, type ToldRun } from './scene.js';
import type { Story } from './story.js';
import { windowLater } from './windows.js';

const THREE = ['etl-a', 'etl-b', 'etl-c'];
export const ROTATED = 'rotated, all have the new key, the old one is removed';
export const UNDONE = 'all have the old key, the new one is removed';

/** Waits for a person before the pilot. */
export const APPROVAL = { approval: '{ before: pilot, deadlineHours: 24 }' };

export const ROTATING: readonly Story[] = [
  {
    name: 'a rotation of three, with approval',
    recorded: true,
    expected: ROTATED,
    writes: 6,
    minutes: 16,
    versions: DURABLE_VERSIONS,
    rotation: APPROVAL,
    tell: (scene) => rotate(scene, THREE, (run) => decide(scene, run, 'approve')),
  },
  {
    name: 'a rotation that is cancelled',
    expected: `cancelled, ${UNDONE}`,
    minutes: 8,
    async tell(scene) {
      let told = false;
      return undo(scene, async ({ id, trail }) => {
        if (told || !trail.some(({ step }) => step === 'mint the next credential')) return;
        told = (await scene.post(`/api/runs/${id}/cancel`)) === 202;
      });
    },
  },
  {
    name: 'a rotation that is rejected',
    recorded: true,
    expected: `rolledBack notApproved, ${UNDONE}`,
    minutes: 8,
    rotation: APPROVAL,
    tell: (scene) => undo(scene, (run) => decide(scene, run, 'reject')),
  },
  {
    name: 'a rotation whose pilot fails',
    recorded: true,
    expected: `rolledBack pilotFailed, ${UNDONE}`,
    minutes: 9,
    async tell(scene) {
      const setCheck = (behaviour: 'forged' | 'normal') =>
        scene.client.setAirflow('etl-a', { dags: { airlock_check: { behaviour } } });
      let former: string | null | undefined;
      return undo(scene, async ({ step }) => {
        const [marker] = await scene.markers();
        former ??= marker;
        // Broken from the write on: a pilot that was broken before would be passed over.
        if (step?.name.startsWith('move the pilot') && marker !== former) await setCheck('forged');
        // The pilot's Airflow recovers, so that the way back is proven.
        if (step?.name === 'go back') await setCheck('normal');
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
    tell: tellWindow,
  },
];

/** Enables runtimes, rotates, and says also how many of them were moved. */
export async function rotateAndCount(
  scene: Scene,
  names: readonly string[],
  each?: (run: ToldRun) => Promise<void>,
  prepare?: () => Promise<void>,
): Promise<string> {
  let rotation = '';
  const told = await rotate(
    scene,
    names,
    async (run) => {
      rotation = run.id;
      await each?.(run);
    },
    prepare,
  );
  const { counts } = (await scene.ended(rotation)).result ?? {};
  return `${told}, ${counts?.moved} of ${counts?.carriers} moved, ${counts?.failed} failed`;
}

/** Enables runtimes, rotates, ends the overlap at once, and says what came of it; `prepare` is done in between. */
export async function rotate(
  scene: Scene,
  names: readonly string[],
  each: (run: ToldRun) => Promise<void> = async () => undefined,
  prepare: () => Promise<void> = async () => undefined,
): Promise<string> {
  await scene.enableAll(names);
  const before = await scene.keys();
  await prepare();
  const endOverlap = overlapEnder(scene);
  const run = await scene.startedAndEnded(ROTATE, async (shown) => {
    await endOverlap(shown);
    await each(shown);
  });
  await scene.quiet();
  return `${outcomeOf(run)}, ${await holdings(scene, before)}`;
}

/** Who has which key after a rotation that began with these. */
async function holdings(scene: Scene, before: readonly string[]): Promise<string> {
  const [keys, markers] = [await scene.keys(), await scene.markers()];
  const added = keys.filter((key) => !before.includes(key));
  const moved = markers.filter((marker) => marker !== null && added.includes(marker)).length;
  const whose =
    moved === markers.length ? 'all have the new key' : `${moved} of ${markers.length} have the new key`;
  const kept = keys.filter((key) => before.includes(key)).length;
  const left = added.length === 1 ? '' : `, ${added.length} new ones`;
  return `${whose}, ${kept === 0 ? 'the old one is removed' : `${kept} old ones stay`}${left}`;
}

/** An hour is the shortest overlap that a configuration may ask for: a person ends it as soon as the API lets them. */
export function overlapEnder(scene: Scene): (run: ToldRun) => Promise<void> {
  let told = false;
  return async ({ id, overlapUntil }) => {
    if (told || overlapUntil === undefined) return;
    const until = new Date(Date.now() + 6 * 60_000).toISOString();
    told = (await scene.post(`/api/runs/${id}/overlap`, { until })) === 202;
  };
}

/** Answers the run where it waits before its pilot. */
export async function decide(
  scene: Scene,
  { id, waitingFor }: ToldRun,
  decision: 'approve' | 'reject',
): Promise<void> {
  // What was said is taken by the next episode: until then it is said again, and that does no harm.
  if (waitingFor?.gate === 'pilot') await scene.post(`/api/runs/${id}/approve`, { gate: 'pilot', decision });
}

/** A rotation that ends before its commit: everything is as it was. */
export async function undo(
  scene: Scene,
  each: (run: ToldRun) => Promise<void>,
  names: readonly string[] = ['etl-a', 'etl-b'],
): Promise<string> {
  await scene.enableAll(names);
  const before = await scene.keys();
  const run = await scene.startedAndEnded(ROTATE, each);
  await scene.quiet();
  return `${outcomeOf(run)}, ${await undone(scene, before)}`;
}

/** Whether everybody has the one key that was there before. */
export async function undone(scene: Scene, before: readonly string[]): Promise<string> {
  const [keys, markers] = [await scene.keys(), await scene.markers()];
  const same = keys.join() === before.join() && markers.every((marker) => marker === before[0]);
  return same ? UNDONE : `keys ${keys.join(' and ')}, runtimes ${markers.join(' and ')}`;
}

/** Somebody writes the next version, which a rotation takes up by itself; approved, it waits for the window. */
async function tellWindow(scene: Scene): Promise<string> {
  await scene.enableAll(['etl-a', 'etl-b']);
  const before = await scene.keys();
  await writeSecret(scene.client, 'tagged');
  const { id } = await scene.until('rotation that waits', async () =>
    (await scene.rotations()).find(({ waitingFor }) => waitingFor?.gate === 'pilot'),
  );
  const meanwhile: string[] = [];
  const run = await scene.ended(id, async (shown) => {
    await decide(scene, shown, 'approve');
    if (meanwhile.length > 0 || !(await waitsForWindow(scene, 'etl-a'))) return;
    const request = await scene.startedAndEnded(ROTATE);
    const sweep = await scene.startedAndEnded({ action: 'sweep' });
    meanwhile.push(outcomeOf(request), ...(sweep.result?.credentials ?? []).map(({ outcome }) => outcome));
  });
  await scene.quiet();
  const others = (await scene.rotations()).filter(
    (one) => one.id !== id && !['busy', 'upToDate'].includes(one.outcome ?? ''),
  );
  return [
    outcomeOf(run),
    meanwhile.length > 0 ? 'the pilot waited for its window' : 'no wait for the window',
    meanwhile.join() === 'busy,busy' ? 'busy meanwhile: a request and a sweep' : meanwhile.join(' and '),
    others.length === 0 ? 'no other rotation' : `${others.length} other rotations`,
    await holdings(scene, before),
  ].join(', ');
}

async function waitsForWindow(scene: Scene, name: string): Promise<boolean> {
  const runs = await scene.runs(name);
  return runs.some(({ step }) => step?.name.startsWith('wait for the maintenance window'));
}
