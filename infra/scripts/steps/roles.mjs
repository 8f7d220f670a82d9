/** Waits until the app's roles on its storage have effect, so that the first upload of the package is taken. */
import { az, subscriptionId } from '../az.mjs';
import { needed, Stop } from './stop.mjs';
import { waitFor } from './wait.mjs';

/**
 * Age of a role assignment from which on it is taken to have effect. Seconds. Azure documents up to ten minutes
 * (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting); on record, two sufficed
 * (https://github.com/Azure/azure-dev/issues/8026).
 */
const IN_EFFECT = 180;

/**
 * Nothing tells whether an assignment has effect, so its age decides: on later deployments this costs one look. The age
 * compares this machine's clock with Azure's; whatever that shows, the wait is bounded. Throws `Stop`.
 */
export async function waitForRoles() {
  const principal = needed('AIRLOCK_PRINCIPAL_ID');
  const made = await waitFor(() => newestOnStorage(principal), {
    what: `the role assignments of ${principal} on its storage account to be listed`,
    every: 15,
    atMost: 120,
  });
  if (made === undefined)
    throw new Stop(
      `The app's identity ${principal} holds no role on a storage account of the subscription: azd provision assigns it.`,
    );
  const begin = Date.now();
  const rest = Math.min(Math.max(IN_EFFECT - (begin - made) / 1_000, 0), IN_EFFECT);
  if (rest > 0) {
    await waitFor(() => (Date.now() - begin >= rest * 1_000 ? true : undefined), {
      what: "the app's roles on its storage account to have effect: until then the upload is refused (403)",
      every: Math.min(15, Math.ceil(rest)),
      atMost: IN_EFFECT + 15,
    });
  }
  console.error(
    "ready       the app's roles on its storage account; if the upload is refused (403), run azd up again",
  );
}

/**
 * When the newest role assignment on a storage account was made, in milliseconds; `undefined` where there is none.
 *
 * @param {string} principal
 */
function newestOnStorage(principal) {
  const scope = `https://management.azure.com/subscriptions/${subscriptionId()}`;
  const url = `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=principalId eq '${principal}'`;
  /** @type {{ properties: { scope: string, createdOn: string } }[]} */
  const assignments = az('rest', '--method', 'GET', '--url', url)?.value ?? [];
  const times = assignments
    .filter(({ properties }) => /\/providers\/Microsoft\.Storage\/storageAccounts\//i.test(properties.scope))
    .map(({ properties }) => Date.parse(properties.createdOn));
  return times.length === 0 ? undefined : Math.max(...times);
}
