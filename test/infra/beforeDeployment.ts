/** The emulated Azure as an operator has it before the first deployment: what main.bicepparam names is there. */
import { createAzure, type EmulatedAzure } from '../../local/azure.js';
import { createKernel, type LocalKernel } from '../../local/kernel/kernel.js';
import type { ClockMode } from '../../local/kernel/types.js';
import { deploy } from './evaluate/deploy.js';
import { of } from './evaluate/look.js';

export const OPERATOR_VAULT = 'contoso-ops.vault.azure.net';
const AIRFLOW_VAULT = 'contoso-airflow.vault.azure.net';

/** A factory and two vaults, with shells of the secrets that roles are on. */
export function beforeDeployment(
  mode: ClockMode,
  tenantId: string,
): { readonly kernel: LocalKernel; readonly azure: EmulatedAzure } {
  const kernel = createKernel({
    mode,
    onError: (error) => {
      throw error;
    },
  });
  const azure = createAzure(kernel);
  const [group = ''] = of(deploy(), 'Microsoft.Resources/resourceGroups').map(({ id }) => id);
  const place = { tenantId, subscription: group.split('/')[2] ?? '', resourceGroup: 'rg-sales' };
  azure.resourceManager.addFactory({ ...place, name: 'adf-sales' });
  azure.keyVault.addVault({ ...place, name: 'contoso-ops' });
  azure.keyVault.addVault({ ...place, name: 'contoso-airflow' });
  azure.keyVault.setSecret(OPERATOR_VAULT, 'airflow-sp', { value: 'a-shell-without-use' });
  azure.keyVault.setSecret(AIRFLOW_VAULT, 'airflow-variables-airlock-canary', {
    value: 'a-shell-without-use',
  });
  return { kernel, azure };
}
