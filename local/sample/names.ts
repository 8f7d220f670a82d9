/** Names and ids of everything that a new local cloud holds. Fixed, so that they can stand in a configuration file. */

export const TENANT = '7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31';
export const SUBSCRIPTION = '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215';
export const RESOURCE_GROUP = 'rg-airlock';
export const FACTORY = 'adf-airlock';
export const LOCATION = 'westeurope';

/** The operator's vault: the credential, web-server passwords, git credentials. */
export const OPERATOR_VAULT = 'airlock-ops';
/** The vault that Airflow reads. */
export const AIRFLOW_VAULT = 'airlock-airflow';

/** Secret of the operator's vault with the service principal's client secret. */
export const CREDENTIAL_SECRET = 'airflow-sp';

/** Secret of the vault that Airflow reads, with the canary. */
export const CANARY_SECRET = 'airflow-variables-airlock-canary';

/** Client ids of who acts. */
export const PRINCIPALS = {
  /** The app's managed identity. */
  app: 'b5a7e9d2-0c46-4f83-a1d8-2e6b94c07f1a',
  /** The service principal that Airflow reads the vault with. */
  airflow: 'e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64',
  /** A person who works in the portal. */
  portalUser: '94c2b8f0-d315-4a7e-8e60-a7b1f3d5c928',
} as const;

export const TOPIC_HOST = 'airlock-events.westeurope-1.eventgrid.azure.net';

export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}`;
export const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;
export const FACTORY_ID = `${GROUP_ID}/providers/Microsoft.DataFactory/factories/${FACTORY}`;
export const TOPIC_ID = `${GROUP_ID}/providers/Microsoft.EventGrid/topics/airlock-events`;

/** Resource id of a vault of the sample environment's resource group. */
export function vaultId(name: string): string {
  return `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/${name}`;
}

/** Host name of a vault in the public cloud. */
export function vaultHost(name: string): string {
  return `${name}.vault.azure.net`;
}

/** Resource id of a runtime, without more in the sample environment's resource group. */
export function runtimeId(name: string, factory = FACTORY, resourceGroup = RESOURCE_GROUP): string {
  return `${SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}/integrationRuntimes/${name}`;
}

/** The function of the app that gets the events of runtimes. */
export const EVENT_FUNCTION = 'runtimeEvents';
/** The function of the app that gets the events of the operator's vault. */
export const SECRET_EVENT_FUNCTION = 'credentialEvents';
