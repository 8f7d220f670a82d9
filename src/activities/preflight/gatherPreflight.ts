import type { Activities } from '../../domain/activities/activities.js';
import type { PreflightReport, PreflightRow } from '../../domain/preflight/report.js';
import { sharingRows } from '../../domain/preflight/sharing.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { SET_SIGNING_KEY } from '../../domain/runs/instructionSignature.js';
import type { ActivityDeps } from '../deps.js';
import { createPreflightContext } from './context.js';
import { expiryRows } from './expiries.js';
import { issuerRows } from './issuers.js';
import { runtimeRows } from './runtimes.js';
import { topicRows } from './topic.js';
import { examineVaults } from './vaults.js';

type Activity = Activities['gatherPreflight'];

/** Looks at everything that is configured, with the identity that it runs as. Writes nothing; safe to repeat. */
export async function gatherPreflight(
  _input: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
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
  const context = await createPreflightContext(deps);
  if ('kind' in context) return context;
  const vaults = await examineVaults(context);
  return {
    identity: context.identity,
    rows: [
      ...(await context.azure.runtimes.needs(context.configuration.profiles, context)),
      ...vaults.rows,
      ...(await issuerRows(context)),
      ...(await expiryRows(context)),
      ...(await runtimeRows(context, vaults)),
      ...(await topicRows(context)),
      ...sharingRows(context.configuration.profiles),
    ],
  };
}
