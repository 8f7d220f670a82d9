/** What must hold at the end of every scenario, whatever it does: the rules of the test cloud, and what the storage account has. */

import type { LedgerEntry } from '../../local/kernel/types.js';
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../local/sample/names.js';
import { audit } from '../faults/audit.js';
import { ROTATE, type ScenarioContext } from './scenarios/context.js';
import type { DurableScenario } from './scenarios/scenario.js';
import { findSecrets } from './storage.js';

/** The rule that an instance runs once: an episode that two hosts run starts its children twice. */
const STARTED_TWICE = 3;

export interface Checked {
  /** Writes of the app to runtimes. */
  readonly writes: number;
  /** What is wrong, one sentence each. */
  readonly defects: readonly string[];
}

export async function check(context: ScenarioContext, scenario: DurableScenario): Promise<Checked> {
  const ledger = await context.client.ledger();
  const writes = ledger.filter(isWriteOfTheApp).length;
  const owed = ledger.some(isKeyOfTheApp) ? await owedKeys(context) : [];
  const options = { app: PRINCIPALS.app, secret: CREDENTIAL_SECRET };
  const values = await context.secretValues();
  return {
    writes,
    defects: [
      ...(ledger[0]?.n === 1 ? [] : ['the ledger has lost its beginning']),
      ...audit(ledger, options, owed)
        .filter(({ rule }) => !(scenario.doubled && rule === STARTED_TWICE))
        .map(({ rule, at, what }) => `rule ${rule} at ${at}: ${what}`),
      ...(scenario.writes === undefined || scenario.writes === writes
        ? []
        : [`${writes} writes, not ${scenario.writes}`]),
      ...findSecrets(context.cloud.storage.folder, values),
    ],
  };
}

function isWriteOfTheApp({ operation, detail }: LedgerEntry): boolean {
  return operation === 'runtime.updated' && detail?.['by'] === PRINCIPALS.app;
}

function isKeyOfTheApp({ operation, detail }: LedgerEntry): boolean {
  return operation === 'password.added' && String(detail?.['displayName']).startsWith('airlock ');
}

/** What is owed, a look at the credential tells, whichever run left it. */
async function owedKeys(context: ScenarioContext): Promise<readonly string[]> {
  const look = await context.startedAndEnded({ ...ROTATE, dryRun: true });
  return (look.result?.debts ?? []).filter(({ kind }) => kind !== 'moveRuntime').map(({ what }) => what);
}
