import type { PreflightReport, PreflightRow } from '../../domain/preflight/report.js';
import { sharingRows } from '../../domain/preflight/sharing.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { SET_SIGNING_KEY } from '../../domain/runs/instructionSignature.js';
import type { Steps } from '../../domain/steps/steps.js';
import type { ActivityDeps } from '../deps.js';
import { expiryRows } from './expiries.js';
import { issuerRows } from './issuers.js';
import { runtimeRows } from './runtimes.js';
import { createScene } from './scene.js';
import { topicRows } from './topic.js';
import { lookAtVaults } from './vaults.js';

type Step = Steps['gatherPreflight'];

/** Looks at everything that is configured, with the identity that it runs as. Writes nothing; safe to repeat. */
export async function gatherPreflight(_input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const gathered = await preflight(deps);
  if ('kind' in gathered) return gathered;
  return { kind: 'gathered', ...gathered, rows: [...gathered.rows, signingKeyRow(deps)] };
}

/** Only the app itself can tell: its settings are not the command's. */
function signingKeyRow({ signingKey }: ActivityDeps): PreflightRow {
  const row = {
    what: 'AIRLOCK_SIGNING_KEY',
    where: 'settings of the app',
    why: 'sign approvals, changes of an overlap and cancellations',
  };
  return signingKey() ? { ...row, status: 'ok' } : { ...row, status: 'missing', remedy: SET_SIGNING_KEY };
}

/** The same for a command. */
export async function preflight(
  deps: Pick<ActivityDeps, 'configuration' | 'azure' | 'kinds' | 'strategies'>,
): Promise<PreflightReport | CallFailure> {
  const scene = await createScene(deps);
  if ('kind' in scene) return scene;
  const vaults = await lookAtVaults(scene);
  return {
    identity: scene.identity,
    rows: [
      ...(await scene.azure.runtimes.needs(scene.configuration.profiles, scene)),
      ...vaults.rows,
      ...(await issuerRows(scene)),
      ...(await expiryRows(scene)),
      ...(await runtimeRows(scene, vaults)),
      ...(await topicRows(scene)),
      ...sharingRows(scene.configuration.profiles),
    ],
  };
}
