/** Whether the Azure CLI is signed in where azd deploys to: the two sign in apart, each with a default of its own. */

/**
 * Says in words how the CLI's account differs from AZURE_TENANT_ID and AZURE_SUBSCRIPTION_ID, with the command that fixes
 * it; `undefined` where it does not, or where neither is set. Another default subscription of the same tenant does no
 * harm, since every command names its own; another tenant does: Microsoft Graph is asked in the tenant of the default.
 *
 * @param {NodeJS.ProcessEnv} env variables of the process
 * @param {(subscription?: string) => { value?: { id: string, tenantId: string }, said?: string }} show of the default subscription or
 *   of the one named
 */
export function differenceOfAccounts(env, show) {
  const { AZURE_TENANT_ID: tenant, AZURE_SUBSCRIPTION_ID: subscription } = env;
  if (!tenant && !subscription) return undefined;
  const login = `az login${tenant ? ` --tenant ${tenant}` : ''}`;

  const { value: signedIn } = show();
  if (signedIn === undefined) return `az is not signed in: ${login}`;
  const where = `az is signed in to tenant ${signedIn.tenantId}`;

  const { value: seen } = subscription ? show(subscription) : { value: signedIn };
  if (seen === undefined)
    return `${where} and does not see the subscription ${subscription}, which is deployed to: ${login}`;
  if (tenant && !isSame(seen.tenantId, tenant))
    return subscription
      ? `The subscription ${subscription} is in tenant ${seen.tenantId}, but AZURE_TENANT_ID is ${tenant}: correct one of the two`
      : `${where}, the deployment goes to tenant ${tenant}: ${login}`;
  if (!isSame(signedIn.tenantId, seen.tenantId))
    return `${where}, the deployment goes to tenant ${seen.tenantId}: az account set --subscription ${subscription}`;
  return undefined;
}

/**
 * @param {string} left
 * @param {string} right
 */
const isSame = (left, right) => left.toLowerCase() === right.toLowerCase();
