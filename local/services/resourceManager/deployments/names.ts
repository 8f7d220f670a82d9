/** Which names Azure takes (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
import { Refusal } from './refusal.js';

export const NAMES: Readonly<Record<string, RegExp>> = {
  'Microsoft.DurableTask/schedulers': /^[A-Za-z0-9-]{3,64}$/,
  'Microsoft.EventGrid/systemTopics': /^[A-Za-z0-9-]{3,50}$/,
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': /^[A-Za-z0-9-]{3,64}$/,
  'Microsoft.EventGrid/topics': /^[A-Za-z0-9-]{3,50}$/,
  'Microsoft.EventGrid/topics/eventSubscriptions': /^[A-Za-z0-9-]{3,64}$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[A-Za-z0-9][\w-]{2,127}$/,
  'Microsoft.Network/privateEndpoints': /^[A-Za-z0-9][\w.-]{0,62}\w$/,
  'Microsoft.Network/virtualNetworks': /^[A-Za-z0-9][\w.-]{0,62}\w$/,
  'Microsoft.OperationalInsights/workspaces': /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
  'Microsoft.Resources/deployments': /^[\w().-]{1,64}$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.Storage/storageAccounts/blobServices/containers': /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'Microsoft.Storage/storageAccounts/queueServices/queues': /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'Microsoft.Web/serverfarms': /^[A-Za-z0-9-]{1,40}$/,
  'Microsoft.Web/sites': /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
};

/** Throws a `Refusal` where the type's names are documented and this is none. */
export function checkName(type: string, name: string): void {
  const pattern = NAMES[type];
  if (pattern === undefined || pattern.test(name)) return;
  if (type === 'Microsoft.Storage/storageAccounts') {
    throw new Refusal(
      'AccountNameInvalid',
      `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    );
  }
  throw new Refusal('InvalidResourceName', `'${name}' is not a valid name of a resource of type '${type}'.`);
}
