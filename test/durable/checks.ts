/** What must hold at the end of every story, whatever it tells: the rules of the bed, and what the storage account has. */

import type { LedgerEntry } from '../../local/kernel/types.js';
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../local/scenario/names.js';
import { audit } from '../faults/audit.js';
import { findSecrets } from './storage.js';
import { ROTATE, type Scene } from './stories/scene.js';
import type { Story } from './stories/story.js';

/** The rule that an instance runs once: an episode that two hosts run starts its children twice. */
const STARTED_TWICE = 3;

export interface Checked {
  /** Writes of the app to runtimes. */
  readonly writes: number;
  /** What is wrong, one sentence each. */
  readonly defects: readonly string[];
}

export async function check(scene: Scene, story: Story): Promise<Checked> {
  const ledger = await scene.client.ledger();
  const writes = ledger.filter(isWriteOfTheApp).length;
  const owed = ledger.some(isKeyOfTheApp) ? await owedKeys(scene) : [];
  const options = { app: PRINCIPALS.app, secret: CREDENTIAL_SECRET };
  const values = await scene.secretValues();
  return {
    writes,
    defects: [
      ...(ledger[0]?.n === 1 ? [] : ['the ledger has lost its beginning']),
      ...audit(ledger, options, owed)
        .filter(({ rule }) => !(story.doubled && rule === STARTED_TWICE))
        .map(({ rule, at, what }) => `rule ${rule} at ${at}: ${what}`),
      ...(story.writes === undefined || story.writes === writes
        ? []
        : [`${writes} writes, not ${story.writes}`]),
      ...findSecrets(scene.cloud.storage.folder, values),
    ],
  };
}

function isWriteOfTheApp({ operation, detail }: LedgerEntry): boolean {
  return operation === 'runtime.updated' && detail?.by === PRINCIPALS.app;
}

function isKeyOfTheApp({ operation, detail }: LedgerEntry): boolean {
  return operation === 'password.added' && String(detail?.displayName).startsWith('airlock ');
}

/** What is owed, a look at the credential tells, whichever run left it. */
async function owedKeys(scene: Scene): Promise<readonly string[]> {
  const look = await scene.startedAndEnded({ ...ROTATE, dryRun: true });
  return (look.result?.debts ?? []).filter(({ kind }) => kind !== 'moveRuntime').map(({ what }) => what);
}
