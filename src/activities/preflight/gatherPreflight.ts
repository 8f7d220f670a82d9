import type { CallFailure } from '../../domain/callResult.js';
import type { PreflightReport } from '../../domain/preflight/report.js';
import type { Steps } from '../../domain/steps.js';
import type { ActivityDeps } from '../deps.js';
import { expiryRows } from './expiries.js';
import { factoryRows } from './factories.js';
import { applicationRows } from './graph.js';
import { runtimeRows } from './runtimes.js';
import { createScene } from './scene.js';
import { topicRows } from './topic.js';
import { lookAtVaults } from './vaults.js';

type Step = Steps['gatherPreflight'];

/** Looks at everything that is configured, with the identity that it runs as. Writes nothing; safe to repeat. */
export async function gatherPreflight(_input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const gathered = await preflight(deps);
  return 'kind' in gathered ? gathered : { kind: 'gathered', ...gathered };
}

/** The same for a command. */
export async function preflight(
  deps: Pick<ActivityDeps, 'configuration' | 'azure'>,
): Promise<PreflightReport | CallFailure> {
  const scene = await createScene(deps);
  if ('kind' in scene) return scene;
  const vaults = await lookAtVaults(scene);
  return {
    identity: scene.identity,
    rows: [
      ...(await factoryRows(scene)),
      ...vaults.rows,
      ...(await applicationRows(scene)),
      ...(await expiryRows(scene)),
      ...(await runtimeRows(scene, vaults)),
      ...(await topicRows(scene)),
    ],
  };
}
