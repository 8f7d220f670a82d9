import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { AIRFLOW_APP, SUBSCRIPTION, TENANT } from '../cloud.js';
import { check, createWorld, environmentWith } from './world.js';

const RECORDING = z.object({
  airflow: z.string(),
  scenario: z.string(),
  environment: z.record(z.string(), z.string().nullable()),
  conf: z.record(z.string(), z.unknown()),
  outcome: z.enum(['answered', 'failed', 'doesNotStart']),
  answer: z.unknown().optional(),
});

const file = new URL('../../../recordings/airflow/checkAnswers.json', import.meta.url);
const recordings = z.array(RECORDING).parse(JSON.parse(readFileSync(file, 'utf8')));

/** The vaults and the principal that the recorded Airflows had. */
function recordedWorld(version: string) {
  const world = createWorld(version);
  const { vault, roles, directory } = world.cloud;
  directory.addPassword(AIRFLOW_APP, { value: 'good-secret' });
  for (const name of ['myvault', 'other', 'third']) {
    const { resourceId, host } = vault.addVault({
      name,
      tenantId: TENANT,
      subscription: SUBSCRIPTION,
      resourceGroup: 'rg-data',
    });
    vault.setSecret(host, 'airflow-variables-check', { value: 's3cr3t-check' });
    for (const variable of ['check', 'no-such', 'nope']) {
      const scope = `${resourceId}/secrets/airflow-variables-${variable}`;
      roles.grant({ principal: AIRFLOW_APP, scope, role: 'Key Vault Secrets User' });
    }
  }
  return world;
}

it.each(recordings.map((recording) => [recording.airflow, recording.scenario, recording] as const))(
  'does as Airflow %s did: %s',
  async (version, _scenario, { environment, conf, outcome, answer }) => {
    const world = recordedWorld(version);
    const vaultUrl = 'https://myvault.vault.azure.net/';
    const good = {
      ...environmentWith('good-secret'),
      AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({ vault_url: vaultUrl }),
    };
    const changed = Object.entries({ ...good, ...environment }).flatMap(([name, value]) =>
      value === null
        ? []
        : [[name, value.replace('@CLIENT', AIRFLOW_APP).replace('@TENANT', TENANT)] as const],
    );
    world.processes.environment = Object.fromEntries(changed);

    if (outcome === 'doesNotStart') {
      expect((await world.ask('GET', `${world.base}/version`)).status).toBe(503);
      return;
    }
    const answered = await check(world, conf);

    // The emulated worker tells an unset marker, version and class as the real one does, to the last member.
    expect(answered).toEqual(outcome === 'answered' ? answer : undefined);
  },
);
