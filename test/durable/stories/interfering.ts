/** Stories of rotations in which somebody interferes: at the durable host, in the directory, with a straggler. */

import { runtimeId } from '../../../local/scenario/names.js';
import { memberRunId } from '../../../src/domain/runs/instanceIds.js';
import { parseResourceId } from '../../../src/runtimes/data-factory/resourceId.js';
import { APPROVAL, decide, overlapEnder, ROTATED, rotateAndCount, UNDONE, undo } from './rotating.js';
import { outcomeOf, ROTATE, type Scene, type ToldRun } from './scene.js';
import type { Story } from './story.js';

const THREE = ['etl-a', 'etl-b', 'etl-c'];
/** Goes with the rest, after the pilot. */
const LAST = 'etl-c';

export const INTERFERING: readonly Story[] = [
  terminated('a runtime', 'runtimeRun', (id) => id.endsWith(memberOf(LAST))),
  terminated('a group of runtimes', 'moveGroup', () => true),
  {
    name: 'a minted key that somebody removes while its rotation waits for approval',
    expected: `rolledBack newCredentialUnproven, ${UNDONE}`,
    // One for each enablement: no runtime is touched.
    writes: 2,
    minutes: 10,
    rotation: APPROVAL,
    async tell(scene) {
      let removed = false;
      return undo(scene, async (run) => {
        if (run.waitingFor?.gate !== 'pilot') return;
        if (!removed) await scene.client.removePassword('airflow', await mintedKey(scene));
        removed = true;
        await decide(scene, run, 'approve');
      });
    },
  },
  {
    name: "a straggler's retry that is cancelled after the commit",
    expected:
      'rotatedPartly rotationIncomplete, then cancelled, the others have the new key, none of them was written again',
    minutes: 15,
    tell: tellStraggler,
  },
];

/** Somebody ends what works for a rotation when a runtime has been written, and is not proven yet: it begins anew. */
function terminated(what: string, name: string, wanted: (id: string) => boolean): Story {
  return {
    name: `a rotation whose work on ${what} somebody terminates`,
    expected: `${ROTATED}, 3 of 3 moved, 0 failed, begun anew`,
    writes: 2 * THREE.length,
    minutes: 16,
    async tell(scene) {
      let [child, former]: (string | undefined)[] = [];
      const each = async ({ id }: ToldRun) => {
        if (child !== undefined || (await markerOf(scene, LAST)) === former) return;
        child = await scene.instance(name, (one) => one.startsWith(`${id}-`) && wanted(one));
        await scene.terminate(child);
      };
      const told = await rotateAndCount(scene, THREE, each, async () => {
        former = await markerOf(scene, LAST);
      });
      const { instances } = await scene.stats();
      const anew = instances.some(({ instanceId }) => instanceId === `${child}-a2`);
      return `${told}, ${anew ? 'begun anew' : 'not begun anew'}`;
    },
  };
}

/** By which a run on this runtime is known, whatever it works for. */
function memberOf(name: string): string {
  const runtime = parseResourceId(runtimeId(name));
  if (!runtime) throw new Error(`${name} makes no id of a runtime.`);
  return memberRunId('', runtime);
}

async function markerOf({ client }: Scene, name: string): Promise<string | undefined> {
  return (await client.runtimes()).find((one) => one.name === name)?.marker ?? undefined;
}

/** The key that the app has minted last. */
async function mintedKey({ client }: Scene): Promise<string> {
  const minted = (await client.passwords('airflow')).findLast(({ displayName }) =>
    displayName?.startsWith('airlock '),
  );
  if (!minted) throw new Error('The app has minted no key.');
  return minted.keyId;
}

/** One runtime does not prove the new key and keeps the old one; the next rotation tries it again, and is cancelled. */
async function tellStraggler(scene: Scene): Promise<string> {
  await scene.enableAll(THREE);
  await scene.client.setAirflow(LAST, { dags: { airlock_check: { behaviour: 'forged' } } });
  const first = await scene.startedAndEnded(ROTATE, overlapEnder(scene));
  const before = await scene.client.ledger({ operation: 'runtime.updated' });

  let cancelled = false;
  const retry = await scene.startedAndEnded({ ...ROTATE, force: false }, async ({ id, step }) => {
    if (cancelled || !step?.name.startsWith('move ')) return;
    cancelled = (await scene.post(`/api/runs/${id}/cancel`)) === 202;
  });
  await scene.quiet();

  const others = (await scene.client.runtimes()).filter(({ name }) => name !== LAST);
  const have = others.every(({ marker }) => marker === first.result?.to);
  const after = await scene.client.ledger({ operation: 'runtime.updated' });
  const again = after.slice(before.length).filter(({ subject = '' }) => !subject.endsWith(`/${LAST}`));
  return [
    outcomeOf(first),
    `then ${outcomeOf(retry)}`,
    `the others ${have ? 'have the new key' : 'do not have the new key'}`,
    again.length === 0 ? 'none of them was written again' : `${again.length} writes of them again`,
  ].join(', ');
}
