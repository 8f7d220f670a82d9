/** What somebody else does in the directory, in the vault and at the durable host. */
import { randomBytes } from 'node:crypto';
import type { LocalClient } from '../../local/client.js';
import { airflowRuntime } from '../../local/sample/airflowRuntime.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  PRINCIPALS,
  runtimeId,
  SUBSCRIPTION_ID,
  TENANT,
  vaultHost,
} from '../../local/sample/names.js';
import {
  BACKEND,
  BACKEND_KWARGS,
  CLIENT_ID,
  MARKER_VARIABLE,
} from '../../src/domain/settings/backendSettings.js';
import type { Denied, OutageOf, SecretWrite } from './disturbances.js';
import { isOtherHubs, OTHER_HUB } from './otherHub.js';
import { callAsPerson } from './person.js';

const DAY_MS = 24 * 3600_000;
const VALID_DAYS = 90;
export const BY_A_PERSON = 'by a person';

/** The current version of the secret that everybody reads; nothing where a fault keeps the vault from answering a person, too. */
async function currentSecret(
  client: LocalClient,
): Promise<{ readonly value: string; readonly keyId?: string; readonly exp?: number } | undefined> {
  const token = await client.token('portalUser', 'https://vault.azure.net');
  const path = `/secrets/${CREDENTIAL_SECRET}?api-version=7.5`;
  const answer = await callAsPerson(client, vaultHost(OPERATOR_VAULT), path, {}, token).catch(
    () => undefined,
  );
  if (answer?.status !== 200) return undefined;
  const { value, tags, attributes } = JSON.parse(answer.text) as {
    value: string;
    tags?: { keyId?: string };
    attributes: { exp?: number };
  };
  return {
    value,
    ...(tags?.keyId === undefined ? {} : { keyId: tags.keyId }),
    ...(attributes.exp === undefined ? {} : { exp: attributes.exp }),
  };
}

/** Writes a new version of the secret that everybody reads. */
export async function writeSecret(client: LocalClient, how: SecretWrite): Promise<void> {
  const write = (value: string, keyId?: string, endsOn?: number) =>
    client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
      value,
      ...(keyId === undefined ? {} : { tags: { keyId } }),
      ...(endsOn === undefined ? {} : { exp: Math.floor(endsOn / 1000) }),
    });
  if (how === 'sameBare') {
    const current = await currentSecret(client);
    if (current) await write(current.value);
    return;
  }
  if (how === 'corrected') {
    // The value of the key that the wrong version names: only the directory had it, and now a new key of that id's.
    const wrong = (await currentSecret(client))?.keyId;
    const right = RIGHT_VALUES.get(wrong ?? '');
    if (right !== undefined) await write(right.value, wrong, right.endsOn);
    return;
  }
  const endsOn = Date.parse((await client.clock()).now) + VALID_DAYS * DAY_MS;
  const { keyId, value } = await client.addPassword('airflow', {
    displayName: BY_A_PERSON,
    endDateTime: new Date(endsOn).toISOString(),
  });
  if (how === 'bare') await write(value);
  else if (how === 'tagged') await write(value, keyId, endsOn);
  else {
    RIGHT_VALUES.set(keyId, { value, endsOn });
    await write(randomBytes(30).toString('base64url'), keyId, endsOn);
  }
}

/** By key id: the value that a person mistyped. */
const RIGHT_VALUES = new Map<string, { readonly value: string; readonly endsOn: number }>();

/** Lists of the directory do not show these keys for a while. */
export async function hideKeys(client: LocalClient, which: 'newest' | 'all', seconds: number): Promise<void> {
  const keyIds = (await client.passwords('airflow')).map(({ keyId }) => keyId);
  const hidden = which === 'all' ? keyIds : keyIds.slice(-1);
  if (hidden.length > 0) await client.hidePasswords(hidden, seconds);
}

/** Another task hub's label on a key of the same credential, as the newest key of this one's is named. */
export async function otherHubMints(client: LocalClient): Promise<void> {
  const keys = await client.passwords('airflow');
  const credential = /^airlock ([^ .]+)/.exec(keys.findLast(isAirlocks)?.displayName ?? '')?.[1];
  if (credential === undefined) return;
  const endsOn = Date.parse((await client.clock()).now) + VALID_DAYS * DAY_MS;
  await client.addPassword('airflow', {
    displayName: `airlock ${credential}.${OTHER_HUB} rq-${randomBytes(16).toString('hex')}`,
    endDateTime: new Date(endsOn).toISOString(),
  });
}

/** Whoever has the other hub takes its keys away. */
export async function removeOtherHubsKeys(client: LocalClient): Promise<void> {
  for (const { keyId, displayName } of await client.passwords('airflow')) {
    if (isOtherHubs(displayName ?? null)) await client.removePassword('airflow', keyId);
  }
}

function isAirlocks({ displayName }: { readonly displayName: string | null }): boolean {
  return displayName?.startsWith('airlock ') === true;
}

export async function removeNewestKey(client: LocalClient): Promise<void> {
  const newest = (await client.passwords('airflow')).at(-1);
  if (newest) await client.removePassword('airflow', newest.keyId);
}

/** A runtime that was enabled by hand, with the credential in use; the app may list the whole subscription. */
export async function appears(
  client: LocalClient,
  runtime: {
    readonly name: string;
    readonly factory: string;
    readonly resourceGroup: string;
    readonly type: string;
  },
): Promise<void> {
  const current = await currentSecret(client);
  if (!current) return;
  await letRead(client, true);
  const { name, factory, resourceGroup, type } = runtime;
  const { value, keyId } = current;
  const properties = airflowRuntime({
    airflowRequirements: ['apache-airflow-providers-microsoft-azure'],
    airflowEnvironmentVariables: {
      [BACKEND]: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
      [BACKEND_KWARGS]: JSON.stringify({
        connections_prefix: 'airflow-connections',
        variables_prefix: 'airflow-variables',
        vault_url: `https://${vaultHost(AIRFLOW_VAULT)}`,
      }),
      [CLIENT_ID]: PRINCIPALS.airflow,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_SECRET: value,
      ...(keyId === undefined ? {} : { [MARKER_VARIABLE]: keyId }),
    },
  });
  await client.createRuntime({ name, factory, resourceGroup, properties: { ...properties, type } });
}

/** The app may list every runtime of the subscription, or only what it is granted otherwise. */
export async function letRead(client: LocalClient, grant: boolean): Promise<void> {
  for (const action of [
    'Microsoft.DataFactory/factories/read',
    'Microsoft.DataFactory/factories/integrationRuntimes/read',
  ]) {
    const permission = {
      kind: 'role',
      principal: 'app',
      plane: 'control',
      action,
      scope: SUBSCRIPTION_ID,
    } as const;
    await client.setPermission(permission, grant);
  }
}

/** Terminates the first instance of that name that works for a run and has not ended. */
export async function terminateChild(client: LocalClient, runId: string, name: string): Promise<void> {
  const { instances } = (await client.stats()) as {
    instances: readonly { instanceId: string; name: string; status: string }[];
  };
  const child = instances.find(
    (one) => one.name === name && one.instanceId.startsWith(runId) && /Pending|Running/.test(one.status),
  );
  if (!child) return;
  const { systemKey } = client.ready;
  const path = `/runtime/webhooks/durabletask/instances/${encodeURIComponent(child.instanceId)}/terminate`;
  await client.functions(`${path}?reason=by-hand&code=${systemKey}`, { method: 'POST' });
}

/** Puts a denial of writes in force, or takes it away. */
export async function deny(client: LocalClient, { by, runtime }: Denied, on: boolean): Promise<void> {
  const scope = runtime === undefined ? SUBSCRIPTION_ID : runtimeId(runtime);
  await client.setDenial({ kind: by, scope, on });
}

/** A service answers nobody any more, until it comes back. */
export async function goesAway(client: LocalClient, of: OutageOf): Promise<void> {
  await client.addFault({
    id: `outage of ${of}`,
    // The person at the portal is not whom the rules are about.
    match: { service: of, ...(of === 'arm' ? { caller: PRINCIPALS.app } : {}) },
    action: { kind: 'drop' },
  });
}

export async function comesBack(client: LocalClient, of: OutageOf): Promise<void> {
  await client.removeFault(`outage of ${of}`);
}

/** Approves whatever run waits at that gate. */
export async function approve(client: LocalClient, gate: 'pilot' | 'removal'): Promise<void> {
  const answer = await client.functions('/api/runs?status=running&top=50');
  const { runs } = (await answer.json()) as {
    runs: readonly { id: string; waitingFor?: { gate: string } }[];
  };
  const waiting = runs.find(({ waitingFor }) => waitingFor?.gate === gate);
  if (waiting) await post(client, `/api/runs/${waiting.id}/approve`, { gate, decision: 'approve' });
}

/** Asks the app for something; what it answers is not looked at. */
export async function post(client: LocalClient, path: string, body: object): Promise<void> {
  await client.functions(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
