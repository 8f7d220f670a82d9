/** Stories in which the language worker dies under a function. */

import { ROTATED, rotate } from './rotating.js';
import { outcomeOf, ROTATE, type Scene } from './scene.js';
import type { Story } from './story.js';

/** A run whose orchestration the host gave up says so, and what to do. */
const EXPLAINED = 'interrupted, with what to do';

const TWO = ['a', 'b'];

export const WORKER_GONE: readonly Story[] = [
  {
    name: 'the worker is gone in an orchestrator of an enablement',
    expected: EXPLAINED,
    minutes: 2,
    async tell(scene) {
      // The first episodes take the lease and read; a later one decides on the write.
      await scene.workerGone('after-orchestrator', 'runtimeRun', { skip: 4 });
      const run = await scene.enable('etl');
      return `${run.outcome ?? run.status}, ${run.problem?.remedy ? 'with what to do' : 'without a word'}`;
    },
  },
  enablement('in an activity before its effect', 'before-activity', 'applySettings'),
  enablement('in an activity after its effect', 'after-activity', 'applySettings'),
  enablement('in an entity', 'after-entity', '@runtimerecord@'),
  {
    name: 'the worker is gone in an orchestrator of a rotation',
    expected: `${EXPLAINED}, then rotated, one key is left`,
    minutes: 20,
    known: { issue: 'No dead credential, no silent end' },
    tell: tellRotationGone,
  },
  rotation('in an activity before its effect', 'before-activity', 'mintCredential'),
  rotation('in an activity after its effect', 'after-activity', 'mintCredential'),
  rotation('in an entity', 'after-entity', '@credentialrecord@'),
];

function enablement(where: string, point: string, subject: string): Story {
  return {
    name: `the worker is gone ${where} of an enablement`,
    expected: 'enabled',
    writes: 1,
    minutes: 2,
    async tell(scene) {
      await scene.workerGone(point, subject);
      return outcomeOf(await scene.enable('etl'));
    },
  };
}

function rotation(where: string, point: string, subject: string): Story {
  return {
    name: `the worker is gone ${where} of a rotation`,
    expected: ROTATED,
    writes: 4,
    minutes: 14,
    async tell(scene) {
      await scene.workerGone(point, subject);
      return rotate(scene, TWO);
    },
  };
}

/** The rotation's own orchestration fails while it has a credential of its own in the directory. */
async function tellRotationGone(scene: Scene): Promise<string> {
  await scene.enableAll(TWO);
  let armed = false;
  const run = await scene.startedAndEnded(ROTATE, async ({ trail }) => {
    if (armed || !trail.some(({ step }) => step === 'mint the next credential')) return;
    armed = true;
    await scene.workerGone('after-orchestrator', 'rotateCredential');
  });
  const told = `${run.outcome ?? run.status}, ${run.problem?.remedy ? 'with what to do' : 'without a word'}`;
  const next = await scene.startedAndEnded(ROTATE);
  const keys = (await scene.keys()).length;
  return `${told}, then ${outcomeOf(next)}, ${keys === 1 ? 'one key is left' : `${keys} keys are left`}`;
}
