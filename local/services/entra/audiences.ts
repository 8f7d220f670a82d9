/**
 * The resources that tokens can be asked for: first-party services of the Azure clouds, by the URIs and application
 * ids that the SDKs use.
 */

/** Application id of "Azure Data Factory", the audience of managed Airflow's web server. */
export const DATA_FACTORY_APP_ID = '5d13f7d7-0567-429c-9880-320e9555e5fc';
/** The same by its URI, for which Entra gives a token as well; whether a web server accepts that one is another matter. */
const DATA_FACTORY_URI = 'https://datafactory.azure.com';

export const RESOURCE_MANAGER_AUDIENCES = [
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://management.usgovcloudapi.net',
  'https://management.core.usgovcloudapi.net',
  'https://management.chinacloudapi.cn',
  'https://management.core.chinacloudapi.cn',
] as const;

export const GRAPH_AUDIENCES = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
] as const;

export const EVENT_GRID_AUDIENCES = ['https://eventgrid.azure.net', 'https://eventgrid.azure.us'] as const;

export const VAULT_AUDIENCES = [
  'https://vault.azure.net',
  'https://vault.usgovcloudapi.net',
  'https://vault.azure.cn',
] as const;

const KNOWN: readonly string[] = [
  ...RESOURCE_MANAGER_AUDIENCES,
  ...VAULT_AUDIENCES,
  ...GRAPH_AUDIENCES,
  ...EVENT_GRID_AUDIENCES,
  DATA_FACTORY_APP_ID,
  DATA_FACTORY_URI,
];

/** Whether Entra issues tokens for this resource (an application id or its URI, with or without a slash). */
export function isKnownResource(resource: string): boolean {
  return KNOWN.includes(resource.replace(/\/+$/, '').toLowerCase());
}
