/** What may happen while a rotation is under way, besides calls that fail. */
import type { LocalClient } from '../../local/client.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  runtimeId,
  SECRET_EVENT_FUNCTION,
  vaultHost,
  vaultId,
} from '../../local/scenario/names.js';
import { BACKEND_KWARGS } from '../../src/domain/backendSettings.js';

export interface Happening {
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
    | { readonly kind: 'readLag'; readonly seconds: number };
}

/**
 * Makes it happen. What is refused at this moment (a change of a runtime that is being updated, cancelling after the
 * commit) does not happen.
 *
 * @param runId the rotation under way
 */
export async function happen(client: LocalClient, { what }: Happening, runId: string): Promise<void> {
  switch (what.kind) {
    case 'runtimeEvent':
      await client.deliver(runtimeEvent(what.runtime, what.id), 'runtimeEvents');
      return;
    case 'secretEvent':
      await client.deliver(secretEvent(what.type, what.id), SECRET_EVENT_FUNCTION);
      return;
    case 'portalEdit':
      await edit(client, what.runtime, (variables) => {
        variables.TEAM = what.value;
      });
      return;
    case 'otherVault':
      await edit(client, what.runtime, (variables) => readFrom(variables, THEIR_VAULT));
      return;
    case 'cancel':
      await client.functions(`/api/runs/${runId}/cancel`, { method: 'POST' });
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
  }
}

/** Ends whatever lasts. */
export async function calm(client: LocalClient, runtimes: readonly string[]): Promise<void> {
  await client.clearFaults();
  await client.setApp({ zeroAfterSeconds: null });
  await client.setPropagation({ seconds: 0 });
  await client.setReadLag(0);
  for (const name of runtimes) {
    await letCheckWork(client, name);
    while (!(await edit(client, name, (variables) => readFrom(variables, AIRFLOW_VAULT)))) {
      await client.run({ maxSeconds: 60 });
    }
  }
}

async function letCheckWork(client: LocalClient, name: string): Promise<void> {
  await client.setAirflow(name, { dags: { airlock_check: { behaviour: 'normal' } } });
}

/** A person's own vault, which the app must leave alone. */
const THEIR_VAULT = 'their-vault';

function readFrom(variables: Variables, vault: string): void {
  const kwargs = JSON.parse(variables[BACKEND_KWARGS] ?? '{}') as Record<string, string>;
  variables[BACKEND_KWARGS] = JSON.stringify({ ...kwargs, vault_url: `https://${vaultHost(vault)}` });
}

type Variables = Record<string, string>;

/**
 * A person changes variables at the portal, with everything else as it is. Gives whether that was taken: a runtime that
 * is being updated refuses it.
 */
async function edit(
  client: LocalClient,
  name: string,
  change: (variables: Variables) => void,
): Promise<boolean> {
  const token = await client.token();
  const path = `${runtimeId(name)}?api-version=2018-06-01`;
  const read = await client.azure('management.azure.com', path, {}, token);
  if (read.status !== 200) return false;
  const body = JSON.parse(read.text) as {
    etag: string;
    properties: {
      typeProperties: { airflowProperties: { airflowEnvironmentVariables: Variables } };
    };
  };
  const variables = body.properties.typeProperties.airflowProperties.airflowEnvironmentVariables;
  const before = JSON.stringify(variables);
  change(variables);
  if (JSON.stringify(variables) === before) return true;
  const written = await client.azure(
    'management.azure.com',
    path,
    { method: 'PUT', headers: { 'if-match': body.etag }, body: { name, properties: body.properties } },
    token,
  );
  return written.status === 200;
}

/** The event of a write of a runtime's settings, as Event Grid delivers it. */
export function runtimeEvent(name: string, id: string): object {
  const resourceUri = runtimeId(name);
  return {
    id,
    topic: resourceUri.split('/providers/')[0],
    subject: resourceUri,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-11-23T12:00:00Z',
    data: { resourceUri, operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write' },
    dataVersion: '2',
    metadataVersion: '1',
  };
}

function secretEvent(type: string, id: string): object {
  return {
    id,
    topic: vaultId(OPERATOR_VAULT),
    subject: CREDENTIAL_SECRET,
    eventType: `Microsoft.KeyVault.${type}`,
    eventTime: '2026-11-23T12:00:00Z',
    data: {
      Id: `https://${vaultHost(OPERATOR_VAULT)}/secrets/${CREDENTIAL_SECRET}/0123456789abcdef0123456789abcdef`,
      VaultName: OPERATOR_VAULT,
      ObjectType: 'Secret',
      'ObjectName ': ` ${CREDENTIAL_SECRET}`,
      Version: ' 0123456789abcdef0123456789abcdef',
      NBF: null,
      EXP: '1559082102',
    },
    dataVersion: '1',
    metadataVersion: '1',
  };
}
