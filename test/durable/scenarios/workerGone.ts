/** Scenarios in which the language worker dies under a function. */

import { outcomeOf, ROTATE, type ScenarioContext } from './context.js';
import { ROTATED, rotate, rotateAndCount, UNDONE, undo, undone } from './rotating.js';
import type { DurableScenario } from './scenario.js';

/** A run whose orchestration the host gave up says so, and what to do. */
const EXPLAINED = 'interrupted, with what to do';

const TWO = ['etl-a', 'etl-b'];
const THREE = [...TWO, 'etl-c'];

export const WORKER_GONE: readonly DurableScenario[] = [
  {
    name: 'the worker is gone in an orchestrator of an enablement',
    expected: EXPLAINED,
    minutes: 2,
    async run(context) {
      // The first episodes take the lease and read; a later one decides on the write.
      await context.workerGone('after-orchestrator', 'runtimeRun', { skip: 4 });
      const run = await context.enable('etl');
      return `${run.outcome ?? run.status}, ${run.problem?.remedy ? 'with what to do' : 'without a word'}`;
    },
  },
  enablement('in an activity before its effect', 'before-activity', 'applySettings'),
  enablement('in an activity after its effect', 'after-activity', 'applySettings'),
  enablement('in an entity', 'after-entity', '@runtimerecord@'),
  {
    name: 'the worker is gone in an orchestrator of a rotation',
    expected: `${EXPLAINED}, swept, ${UNDONE}, the next one would be planned`,
    writes: 2,
    minutes: 8,
    run: runRotationGone,
  },
  {
    name: 'the worker is gone in the move of a rotation',
    expected: `${ROTATED}, 3 of 3 moved, 0 failed`,
    writes: 6,
    minutes: 16,
    run: (context) => rotateAndCount(context, THREE, undefined, () => goneInMove(context, 1)),
  },
  {
    name: 'the worker is gone in the move of a rotation, and again',
    // What the host did is no verdict: a sweep would begin at once.
    expected: `rolledBack tooManyFailed, ${UNDONE}, the next one would be planned`,
    minutes: 10,
    // Due from the beginning.
    rotation: { rotateBeforeDays: 200, validityDays: 400 },
    unlisted: true,
    run: runMoveGoneAgain,
  },
  rotation('in an activity before its effect', 'before-activity', 'mintCredential'),
  rotation('in an activity after its effect', 'after-activity', 'mintCredential'),
  rotation('in an entity', 'after-entity', '@credentialrecord@'),
];

function enablement(where: string, point: string, subject: string): DurableScenario {
  return {
    name: `the worker is gone ${where} of an enablement`,
    expected: 'enabled',
    writes: 1,
    minutes: 2,
    async run(context) {
      await context.workerGone(point, subject);
      return outcomeOf(await context.enable('etl'));
    },
  };
}

function rotation(where: string, point: string, subject: string): DurableScenario {
  return {
    name: `the worker is gone ${where} of a rotation`,
    expected: ROTATED,
    writes: 4,
    minutes: 14,
    async run(context) {
      await context.workerGone(point, subject);
      return rotate(context, TWO);
    },
  };
}

/** The rotation's own orchestration fails while it has a credential of its own in the directory; a sweep fixes that. */
async function runRotationGone(context: ScenarioContext): Promise<string> {
  await context.enableAll(TWO);
  const before = await context.keys();
  let armed = false;
  const run = await context.startedAndEnded(ROTATE, async ({ trail }) => {
    if (armed || !trail.some(({ step }) => step === 'mint the next credential')) return;
    armed = true;
    await context.workerGone('after-orchestrator', 'rotateCredential');
  });
  const outcome = `${run.outcome ?? run.status}, ${run.problem?.remedy ? 'with what to do' : 'without a word'}`;
  const sweep = await context.startedAndEnded({ action: 'sweep' });
  // What it has started ends, too.
  await context.quiet();
  const next = await context.startedAndEnded({ ...ROTATE, dryRun: true });
  return `${outcome}, ${outcomeOf(sweep)}, ${await undone(context, before)}, the next one would be ${outcomeOf(next)}`;
}

/** The second episode of the group that is moved: it has begun its runs, one of which has ended. */
function goneInMove(context: ScenarioContext, times: number): Promise<void> {
  return context.workerGone('after-orchestrator', ' moveGroup', { times, skip: 1 });
}

/** The group and the one in its place are gone: nobody can tell how its runtimes fared, and all go back. */
async function runMoveGoneAgain(context: ScenarioContext): Promise<string> {
  let armed = false;
  const outcome = await undo(
    context,
    async () => {
      if (armed) return;
      armed = true;
      await goneInMove(context, 2);
    },
    THREE,
  );
  const sweep = await context.startedAndEnded({ action: 'sweep', dryRun: true });
  const [next] = sweep.result?.credentials ?? [];
  return `${outcome}, the next one would be ${next?.outcome}`;
}
