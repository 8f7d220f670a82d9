/** Scenarios of rotations in which somebody interferes: at the durable host, in the directory, with a straggler. */

import { runtimeId } from '../../../local/sample/names.js';
import { memberRunId } from '../../../src/domain/runs/instanceIds.js';
import { parseResourceId } from '../../../src/runtimes/data-factory/resourceId.js';
import { outcomeOf, ROTATE, type RunDetails, type ScenarioContext } from './context.js';
import { APPROVAL, decide, overlapEnder, ROTATED, rotateAndCount, UNDONE, undo } from './rotating.js';
import type { DurableScenario } from './scenario.js';

const THREE = ['etl-a', 'etl-b', 'etl-c'];
/** Goes with the rest, after the pilot. */
const LAST = 'etl-c';

export const INTERFERING: readonly DurableScenario[] = [
  terminated('a runtime', 'runtimeRun', (id) => id.endsWith(memberOf(LAST))),
  terminated('a group of runtimes', 'moveGroup', () => true),
  {
    name: 'a minted key that somebody removes while its rotation waits for approval',
    expected: `rolledBack newCredentialUnproven, ${UNDONE}`,
    // One for each enablement: no runtime is touched.
    writes: 2,
    minutes: 10,
    rotation: APPROVAL,
    async run(context) {
      let removed = false;
      return undo(context, async (run) => {
        if (run.waitingFor?.gate !== 'pilot') return;
        if (!removed) await context.client.removePassword('airflow', await mintedKey(context));
        removed = true;
        await decide(context, run, 'approve');
      });
    },
  },
  {
    name: "a straggler's retry that is cancelled after the commit",
    expected:
      'rotatedPartly rotationIncomplete, then cancelled, the others have the new key, none of them was written again',
    minutes: 15,
    run: runStraggler,
  },
];

/** Somebody ends what works for a rotation when a runtime has been written, and is not proven yet: it begins anew. */
function terminated(what: string, name: string, wanted: (id: string) => boolean): DurableScenario {
  return {
    name: `a rotation whose work on ${what} somebody terminates`,
    expected: `${ROTATED}, 3 of 3 moved, 0 failed, begun anew`,
    writes: 2 * THREE.length,
    minutes: 16,
    async run(context) {
      let [child, former]: (string | undefined)[] = [];
      const each = async ({ id }: RunDetails) => {
        if (child !== undefined || (await markerOf(context, LAST)) === former) return;
        child = await context.instance(name, (one) => one.startsWith(`${id}-`) && wanted(one));
        await context.terminate(child);
      };
      const outcome = await rotateAndCount(context, THREE, each, async () => {
        former = await markerOf(context, LAST);
      });
      const { instances } = await context.stats();
      const anew = instances.some(({ instanceId }) => instanceId === `${child}-a2`);
      return `${outcome}, ${anew ? 'begun anew' : 'not begun anew'}`;
    },
  };
}

/** By which a run on this runtime is known, whatever it works for. */
function memberOf(name: string): string {
  const runtime = parseResourceId(runtimeId(name));
  if (!runtime) throw new Error(`${name} makes no id of a runtime.`);
  return memberRunId('', runtime);
}

async function markerOf({ client }: ScenarioContext, name: string): Promise<string | undefined> {
  return (await client.runtimes()).find((one) => one.name === name)?.marker ?? undefined;
}

/** The key that the app has minted last. */
async function mintedKey({ client }: ScenarioContext): Promise<string> {
  const minted = (await client.passwords('airflow')).findLast(({ displayName }) =>
    displayName?.startsWith('airlock '),
  );
  if (!minted) throw new Error('The app has minted no key.');
  return minted.keyId;
}

/** One runtime does not prove the new key and keeps the old one; the next rotation tries it again, and is cancelled. */
async function runStraggler(context: ScenarioContext): Promise<string> {
  await context.enableAll(THREE);
  await context.client.setAirflow(LAST, { dags: { airlock_check: { behaviour: 'forged' } } });
  const first = await context.startedAndEnded(ROTATE, overlapEnder(context));
  const before = await context.client.ledger({ operation: 'runtime.updated' });

  let cancelled = false;
  const retry = await context.startedAndEnded({ ...ROTATE, force: false }, async ({ id, step }) => {
    if (cancelled || !step?.name.startsWith('move ')) return;
    cancelled = (await context.post(`/api/runs/${id}/cancel`)) === 202;
  });
  await context.quiet();

  const others = (await context.client.runtimes()).filter(({ name }) => name !== LAST);
  const have = others.every(({ marker }) => marker === first.result?.to);
  const after = await context.client.ledger({ operation: 'runtime.updated' });
  const again = after.slice(before.length).filter(({ subject = '' }) => !subject.endsWith(`/${LAST}`));
  return [
    outcomeOf(first),
    `then ${outcomeOf(retry)}`,
    `the others ${have ? 'have the new key' : 'do not have the new key'}`,
    again.length === 0 ? 'none of them was written again' : `${again.length} writes of them again`,
  ].join(', ');
}
