import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { ELSEWHERE, FRESH, HERE, Machine, type State } from './machine.js';

const config = ['--config', projectFile('local/sample/airlock.yaml')];
const machine = new Machine();
beforeEach(() => {
  machine.env = { AZURE_SUBSCRIPTION_ID: HERE.id, AZURE_TENANT_ID: HERE.tenantId };
});
afterAll(() => machine.remove());

/** Runs a script that makes secrets, with these accounts; gives its lines where it made none. */
async function stopped(accounts: State['accounts']): Promise<string> {
  machine.state = { ...FRESH, accounts };
  const { code, lines } = await machine.node('shells.mjs', ...config);
  expect([code, machine.state.changes]).toEqual([1, []]);
  return lines.join('\n');
}

describe('the account of az', () => {
  it('is told to every command, so that another default of the same tenant does no harm', async () => {
    const other = { id: 'subscription-other', tenantId: HERE.tenantId };
    machine.state = { ...FRESH, accounts: { signedIn: other, seen: [HERE, other] } };
    const { code } = await machine.node('shells.mjs', ...config);

    expect(code).toBe(0);
    expect(machine.state.changes).toEqual([
      `set airlock-ops/airflow-sp-pending disabled in ${HERE.id}`,
      `set airlock-airflow/airflow-variables-airlock-canary in ${HERE.id}`,
    ]);
  });

  it('is compared without a tenant too: that of the subscription counts', async () => {
    machine.env = { AZURE_SUBSCRIPTION_ID: HERE.id };

    expect(await stopped({ signedIn: ELSEWHERE, seen: [HERE, ELSEWHERE] })).toBe(
      `az is signed in to tenant ${ELSEWHERE.tenantId}, the deployment goes to tenant ${HERE.tenantId}: az account set --subscription ${HERE.id}`,
    );
  });

  it('is refused where it does not see the subscription', async () => {
    expect(await stopped({ signedIn: ELSEWHERE, seen: [ELSEWHERE] })).toBe(
      `az is signed in to tenant ${ELSEWHERE.tenantId} and does not see the subscription ${HERE.id}, which is deployed to: az login --tenant ${HERE.tenantId}`,
    );
  });

  it('is refused where nobody is signed in', async () => {
    expect(await stopped({ seen: [] })).toBe(`az is not signed in: az login --tenant ${HERE.tenantId}`);
  });

  it('is refused where the two variables contradict each other', async () => {
    machine.env = { AZURE_SUBSCRIPTION_ID: HERE.id, AZURE_TENANT_ID: ELSEWHERE.tenantId };

    expect(await stopped({ signedIn: HERE, seen: [HERE] })).toBe(
      `The subscription ${HERE.id} is in tenant ${HERE.tenantId}, but AZURE_TENANT_ID is ${ELSEWHERE.tenantId}: correct one of the two`,
    );
  });

  it('is compared with the tenant alone where no subscription is set', async () => {
    machine.env = { AZURE_TENANT_ID: HERE.tenantId };

    expect(await stopped({ signedIn: ELSEWHERE, seen: [ELSEWHERE] })).toBe(
      `az is signed in to tenant ${ELSEWHERE.tenantId}, the deployment goes to tenant ${HERE.tenantId}: az login --tenant ${HERE.tenantId}`,
    );
  });

  it('is whatever az has, without either', async () => {
    machine.env = {};
    machine.state = FRESH;

    expect((await machine.node('shells.mjs', ...config)).code).toBe(0);
  });
});
