import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../../../src/config/load.js';
import { sharingRows } from '../../../../src/domain/preflight/sharing.js';

const CLIENTS = ['e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64', '0c2f1f5e-3f1d-4c52-9a4b-6d8e7f9a0b1c'] as const;
const PASSWORD =
  'access: { login: { kind: password, userName: a, password: { vault: "https://ops-one.vault.azure.net", name: pw } } }';

/** Profiles, each with the service principal of this number, and with what else it says. */
function profilesOf(...given: readonly (readonly [client: 0 | 1, more?: string])[]) {
  const credentials = CLIENTS.map(
    (clientId, n) => `  sp${n}:
    tenantId: 7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31
    clientId: ${clientId}
    secret: { vault: "https://ops-one.vault.azure.net", name: sp${n} }
`,
  );
  const profiles = given.map(
    ([client, more], n) => `  - name: team-${n}
    runtimes: [{ subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg, factory: adf-${n} }]
    vault: https://air-${n}.vault.azure.net
    credential: sp${client}
${more === undefined ? '' : `    ${more}\n`}`,
  );
  const checked = checkConfiguration(
    `version: 1\ncredentials:\n${credentials.join('')}profiles:\n${profiles.join('')}`,
    'test.yaml',
  );
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.configuration.profiles;
}

describe('a sign-in to Airflow', () => {
  it('says how many teams share it, and which', () => {
    const [row, ...others] = sharingRows(profilesOf([0], [1], [0]));

    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: 'ok',
      note: expect.stringMatching(/^2 teams, .*: profiles team-0 \+ team-2; team-1\. /),
    });
  });

  it('of one team is shared with nobody', () => {
    expect(sharingRows(profilesOf([0], [0]))).toMatchObject([{ note: expect.stringMatching(/^one team/) }]);
  });

  it('by password shares nothing', () => {
    expect(sharingRows(profilesOf([0], [1, PASSWORD]))).toMatchObject([
      { note: expect.stringMatching(/^one team/) },
    ]);
    expect(sharingRows(profilesOf([0, PASSWORD]))).toEqual([]);
  });

  it('with another scope is another token', () => {
    const scope = 'access: { login: { kind: entra, scope: "api://airflow/.default" } }';

    expect(sharingRows(profilesOf([0], [1, scope])).length).toBe(2);
  });
});
