/** What may happen while a rotation is under way, besides calls that fail. */
import type { LocalClient } from '../../local/client.js';
import { startRun } from '../../local/demo/follow.js';
import { FACTORY, RESOURCE_GROUP, runtimeId, SECRET_EVENT_FUNCTION } from '../../local/sample/names.js';
import type { EventSchema } from '../../local/services/eventGrid/events.js';
import { runtimeEvent, secretEvent } from './events.js';
import {
  appears,
  approve,
  comesBack,
  deny,
  goesAway,
  hideKeys,
  letRead,
  otherHubMints,
  post,
  removeNewestKey,
  removeOtherHubsKeys,
  terminateChild,
  writeSecret,
} from './others.js';
import { edit, readFrom, restoreVault, THEIR_VAULT } from './portal.js';

/** What the emulated cloud has an outage of, as its ledger calls it. */
export type OutageOf = 'graph' | 'vault' | 'entra' | 'eventGrid' | 'arm';

export interface Disturbance {
  /** After the start of the rotation. */
  readonly afterSeconds: number;
  readonly what:
    | { readonly kind: 'runtimeEvent'; readonly runtime: string; readonly id: string }
    | { readonly kind: 'secretEvent'; readonly type: string; readonly id: string }
    | { readonly kind: 'portalEdit'; readonly runtime: string; readonly value: string }
    | { readonly kind: 'otherVault'; readonly runtime: string }
    | { readonly kind: 'cancel' }
    | { readonly kind: 'checkFails'; readonly runtime: string }
    | { readonly kind: 'checkWorks'; readonly runtime: string }
    | { readonly kind: 'flapping'; readonly seconds: number }
    | { readonly kind: 'readLag'; readonly seconds: number }
    /** Lists of the directory do not show some keys: a replica that is behind answers. */
    | { readonly kind: 'keysHidden'; readonly which: 'newest' | 'all'; readonly seconds: number }
    /** Restarts take so long, and for this part of it (0 to 1) the old processes go on. */
    | { readonly kind: 'slowRestarts'; readonly seconds: number; readonly oldShare: number }
    /**
     * A person writes the secret: a new key as the documentation says, without tag and expiry, or the value that is
     * there, again without; or a value that is none, and then the right one under the same key id.
     */
    | { readonly kind: 'secretWritten'; readonly how: SecretWrite }
    /** A person removes the key that was added last. */
    | { readonly kind: 'keyRemoved' }
    | { readonly kind: 'approve'; readonly gate: 'pilot' | 'removal' }
    /** The configuration's windows are on another day: the app starts anew. Only where the cloud is kept. */
    | { readonly kind: 'windowMoved'; readonly day: string }
    /**
     * A runtime with the credential in use, whose list entry is hard to read: by its resource group (`unread`: in a way that
     * the app does not know), or by its type.
     */
    | { readonly kind: 'oddRuntime'; readonly by: 'group' | 'unread' | 'type' }
    /** Another app, or this one before it lost its storage, has minted a key of the same credential. */
    | { readonly kind: 'otherHubsKey' }
    /** Writes to a runtime, or to all of the subscription, are refused whatever the role, until they are allowed again. */
    | ({ readonly kind: 'denied' } & Denied)
    | ({ readonly kind: 'allowed' } & Denied)
    /** Somebody makes the topic for the app's events anew, for events of this schema. */
    | { readonly kind: 'topicMade'; readonly schema: EventSchema }
    | { readonly kind: 'outage'; readonly of: OutageOf }
    | { readonly kind: 'outageEnds'; readonly of: OutageOf }
    /** Somebody terminates what works for the rotation, by its name. */
    | { readonly kind: 'childTerminated'; readonly name: string }
    /** A person asks for another run. */
    | { readonly kind: 'rotate'; readonly force: boolean }
    | { readonly kind: 'enable'; readonly runtime: string }
    | { readonly kind: 'sweep' };
}

export const DENIALS = ['lock', 'policy', 'disabledSubscription'] as const;

/** What denies a write, and to which runtime; absent: to all. */
export interface Denied {
  readonly by: (typeof DENIALS)[number];
  readonly runtime?: string;
}

export type SecretWrite = 'tagged' | 'bare' | 'sameBare' | 'wrong' | 'corrected';

/** How the test cloud's runtimes start. */
export const LIFECYCLE = { startSeconds: 60, oldProcessesShare: 0.25 };

/**
 * Applies it. What is refused at this moment (a change of a runtime that is being updated, cancelling after the
 * commit, approving before the gate) does not happen; neither does a moved window, which is the test cloud's own.
 *
 * @param runId the rotation under way
 */
export async function applyDisturbance(
  client: LocalClient,
  { what }: Disturbance,
  runId: string,
): Promise<void> {
  switch (what.kind) {
    case 'runtimeEvent':
      await client.deliver(runtimeEvent(what.runtime, what.id), 'runtimeEvents');
      return;
    case 'secretEvent':
      await client.deliver(secretEvent(what.type, what.id), SECRET_EVENT_FUNCTION);
      return;
    case 'portalEdit':
      await edit(client, what.runtime, (variables) => {
        variables['TEAM'] = what.value;
      });
      return;
    case 'otherVault':
      await edit(client, what.runtime, (variables) => readFrom(variables, THEIR_VAULT));
      return;
    case 'cancel':
      await post(client, `/api/runs/${runId}/cancel`, {});
      return;
    case 'checkFails':
      await client.setAirflow(what.runtime, { dags: { airlock_check: { behaviour: 'forged' } } });
      return;
    case 'checkWorks':
      await letCheckWork(client, what.runtime);
      return;
    case 'flapping':
      await client.setPropagation({ seconds: what.seconds, flapping: true });
      return;
    case 'readLag':
      await client.setReadLag(what.seconds);
      return;
    case 'keysHidden':
      await hideKeys(client, what.which, what.seconds);
      return;
    case 'slowRestarts':
      await client.setLifecycle({ startSeconds: what.seconds, oldProcessesShare: what.oldShare });
      return;
    case 'secretWritten':
      await writeSecret(client, what.how);
      return;
    case 'keyRemoved':
      await removeNewestKey(client);
      return;
    case 'approve':
      await approve(client, what.gate);
      return;
    case 'oddRuntime':
      await appears(client, ODD[what.by]);
      return;
    case 'otherHubsKey':
      await otherHubMints(client);
      return;
    case 'denied':
    case 'allowed':
      await deny(client, what, what.kind === 'denied');
      return;
    case 'topicMade':
      await client.setTopic(what.schema);
      return;
    case 'outage':
      await goesAway(client, what.of);
      return;
    case 'outageEnds':
      await comesBack(client, what.of);
      return;
    case 'childTerminated':
      await terminateChild(client, runId, what.name);
      return;
    case 'rotate':
      await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: what.force });
      return;
    case 'enable':
      await startRun(client, { action: 'enable', runtime: runtimeId(what.runtime) });
      return;
    case 'sweep':
      await startRun(client, { action: 'sweep' });
      return;
    case 'windowMoved':
      return;
  }
}

/** Runtimes whose entries in a list are hard to read. */
export const ODD = {
  /** Azure allows letters beyond ASCII in the name of a resource group. */
  group: { name: 'odd', factory: 'adf-moebel', resourceGroup: 'rg-möbel', type: 'Airflow' },
  unread: { name: 'odd', factory: 'adf-plus', resourceGroup: 'rg+1', type: 'Airflow' },
  type: { name: 'odd', factory: FACTORY, resourceGroup: RESOURCE_GROUP, type: 'airflow' },
} as const;

const HOUR = 3600;

/** Ends whatever lasts. */
export async function reset(client: LocalClient, runtimes: readonly string[]): Promise<void> {
  await client.clearFaults();
  await client.setApp({ zeroAfterSeconds: null });
  await client.setPropagation({ seconds: 0 });
  await client.setReadLag(0);
  await hideKeys(client, 'all', 0);
  await client.setLifecycle(LIFECYCLE);
  await removeOtherHubsKeys(client);
  await client.setTopic('CloudEventSchemaV1_0');
  for (const by of DENIALS) {
    await deny(client, { by }, false);
    for (const runtime of runtimes) await deny(client, { by, runtime }, false);
  }
  for (const name of runtimes) {
    await letCheckWork(client, name);
    while (!(await restoreVault(client, name))) await client.run({ maxSeconds: 60 });
  }
  let anyOdd = false;
  for (const { name, factory, resourceGroup } of Object.values(ODD)) {
    const id = runtimeId(name, factory, resourceGroup).toLowerCase();
    if (!(await client.runtimes()).some((one) => one.id.toLowerCase() === id)) continue;
    // Once nothing comes to it any more: its web server would be no host of Azure then.
    await client.run({ maxSeconds: 4 * HOUR });
    await client.deleteRuntime(name, factory, resourceGroup);
    anyOdd = true;
  }
  if (!anyOdd) return;
  // Given first: where two came, or one failed to, it is held twice or not at all.
  await letRead(client, true);
  await letRead(client, false);
}

async function letCheckWork(client: LocalClient, name: string): Promise<void> {
  await client.setAirflow(name, { dags: { airlock_check: { behaviour: 'normal' } } });
}
