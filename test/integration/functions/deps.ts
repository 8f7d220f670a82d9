import { loadConfiguration } from '../../../src/config/load.js';
import type { Configuration } from '../../../src/domain/configuration/profile.js';
import type { Caller } from '../../../src/domain/runs/caller.js';
import { Secret } from '../../../src/domain/values/secret.js';
import type { FunctionDeps } from '../../../src/functions/deps.js';
import { KINDS } from '../../../src/runtimes/kinds.js';

export const SUBSCRIPTION = '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215';

export function runtimeId(name: string, factory = 'adf-one'): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.DataFactory/factories/${factory}/integrationRuntimes/${name}`;
}

/** A configuration with one profile for the factory `adf-one`. */
export async function configuration(profile = 'sales'): Promise<Configuration> {
  const text = `version: 1
credentials:
  sp:
    tenantId: 7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31
    clientId: e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64
    secret: { vault: "https://contoso-ops.vault.azure.net", name: sp }
profiles:
  - name: ${profile}
    runtimes: [{ subscription: ${SUBSCRIPTION}, factory: adf-one }]
    vault: https://contoso-airflow.vault.azure.net
    credential: sp
`;
  const loaded = await loadConfiguration({ AIRLOCK_CONFIG: text }, '/');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

export const SIGNING_KEY = new Secret('a key of the tests, which nobody else has');

/** Who asks in the tests. */
export const ADA: Caller = {
  principal: 'ada@contoso.example',
  objectId: '0f1e2d3c-0000-4000-8000-000000000001',
  operation: 'anOperation',
  invocationId: 'invocation-1',
};

export function depsOf(given: Partial<FunctionDeps> = {}): FunctionDeps {
  return {
    configuration: () => configuration(),
    kinds: KINDS,
    settings: () => ({ httpAuth: 'functionKey', signingKey: SIGNING_KEY }),
    problems: async () => [],
    now: () => new Date('2026-11-23T12:00:00Z'),
    randomHex: (bytes) => 'ab'.repeat(bytes),
    ...given,
  };
}
