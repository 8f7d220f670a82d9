/** A person who changes the variables of a runtime at the portal. */
import type { LocalClient } from '../../local/client.js';
import { AIRFLOW_VAULT, runtimeId, vaultHost } from '../../local/sample/names.js';
import { BACKEND_KWARGS } from '../../src/domain/settings/backendSettings.js';
import { callAsPerson } from './person.js';

/** A person's own vault, which the app must leave alone. */
export const THEIR_VAULT = 'their-vault';

/** What somebody sets a runtime up with who knows nothing of the app: settings of their own, in place of its. */
export const THEIR_OWN = {
  airflowEnvironmentVariables: { TEAM: 'sales' },
  airflowRequirements: ['pandas==2.0.3'],
};

type Variables = Record<string, string>;

/** The back end of these variables reads that vault. */
export function readFrom(variables: Variables, vault: string): void {
  const kwargs = JSON.parse(variables[BACKEND_KWARGS] ?? '{}') as Record<string, string>;
  variables[BACKEND_KWARGS] = JSON.stringify({ ...kwargs, vault_url: `https://${vaultHost(vault)}` });
}

/** The back end reads the vault of the profile again. */
export function restoreVault(client: LocalClient, name: string): Promise<boolean> {
  return edit(client, name, (variables) => readFrom(variables, AIRFLOW_VAULT));
}

/**
 * A person changes variables, with everything else as it is. Gives whether that was taken: a runtime that is being
 * updated refuses it.
 */
export async function edit(
  client: LocalClient,
  name: string,
  change: (variables: Variables) => void,
): Promise<boolean> {
  const token = await client.token();
  const path = `${runtimeId(name)}?api-version=2018-06-01`;
  const read = await callAsPerson(client, 'management.azure.com', path, {}, token);
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
  const written = await callAsPerson(
    client,
    'management.azure.com',
    path,
    { method: 'PUT', headers: { 'if-match': body.etag }, body: { name, properties: body.properties } },
    token,
  );
  return written.status === 200;
}
