import { conflict, refused, type ServiceError, transientFailure } from '../../azure/failures.js';
import { grantControl } from '../../domain/preflight/grants.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { FactoryNames } from './resourceId.js';

/**
 * What a refusal of Resource Manager means.
 *
 * @param what names the call, for example `reading adf-sales/etl`
 * @param action that the identity needs for it
 * @param scope names with `*` where the call is about all of them
 */
export function armFailure(
  error: ServiceError,
  what: string,
  action: string,
  scope: FactoryNames,
): CallFailure {
  const transient = transientFailure(error, what);
  if (transient) return transient;
  const { subscription, resourceGroup, factory } = scope;
  const scopeId = resourceGroup.includes('*')
    ? `/subscriptions/${subscription}`
    : `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  const factoryId =
    factory === '' || factory.includes('*') || resourceGroup.includes('*')
      ? scopeId
      : `${scopeId}/providers/Microsoft.DataFactory/factories/${factory}`;
  const denied = deniedByState(error, what, scopeId);
  if (denied) return denied;
  switch (error.status) {
    case 401:
      return refused(
        'resourceManagerUnauthorized',
        `Resource Manager did not accept the app's token when ${what} (401 ${error.code ?? ''}).`,
        'Look whether the app and the subscription are in the same tenant and cloud (setting `cloud` of the configuration).',
      );
    case 403:
      return refused(
        'resourceManagerForbidden',
        `The app's identity may not do ${action} when ${what} (403 ${error.code ?? ''}).`,
        grantControl({ action, scope: factoryId }, { person: false }),
      );
    case 409:
      return conflict(error, what);
    case 404:
      return refused(
        'resourceManagerRefused',
        `Resource Manager does not find what it was asked for when ${what} (404 ${error.code ?? ''}).`,
        `Look whether ${scopeId} is there, and correct or remove the profile that names it.`,
      );
    default:
      return refused(
        'resourceManagerRefused',
        `Resource Manager refused ${what} (${error.status ?? '?'} ${error.code ?? ''}).`,
        `Look at the runtime and the factory ${factory} in Data Factory Studio; the activity log has the service's own words.`,
      );
  }
}

/**
 * Refusals that no role cures and no patience, whatever status they come with
 * (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors).
 */
function deniedByState(
  { status, code = '' }: ServiceError,
  what: string,
  scope: string,
): CallFailure | undefined {
  const said = `(${status ?? '?'} ${code})`;
  switch (code) {
    case 'ScopeLocked':
      return refused(
        'resourceLocked',
        `A lock on ${scope} or what it is part of forbids ${what} ${said}.`,
        `az lock list ${lockArguments(scope)} shows the lock; delete it, or leave the runtime out of the profile.`,
      );
    case 'ReadOnlyDisabledSubscription':
      return refused(
        'subscriptionDisabled',
        `The subscription is disabled or does not take writes: ${what} was refused ${said}.`,
        'Have the owner of the subscription enable it again (az account show --query state), then start the run again.',
      );
    case 'RequestDisallowedByPolicy':
      return refused(
        'deniedByPolicy',
        `A policy of Azure forbids ${what} ${said}; a role would not help.`,
        `az policy assignment list --scope ${scope} --disable-scope-strict-match shows what is assigned; exempt the factory, or set the runtime up as the policy wants it.`,
      );
    default:
      return undefined;
  }
}

function lockArguments(scope: string): string {
  const [, group] = /\/resourceGroups\/([^/]+)/i.exec(scope) ?? [];
  return group === undefined ? '' : `--resource-group ${group}`;
}
