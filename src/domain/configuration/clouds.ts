/** The Azure clouds: host names, audiences, and the judgement of vault URLs and Airflow hosts. */
import type { CloudName } from './profile.js';

export interface Cloud {
  readonly name: CloudName;
  /** What people call it. */
  readonly title: string;
  readonly authorityHost: string;
  readonly resourceManager: string;
  readonly resourceManagerScope: string;
  readonly vaultSuffix: string;
  readonly managedHsmSuffix: string;
  readonly vaultScope: string;
  /** Ending of the hosts of custom Event Grid topics. */
  readonly topicSuffix: string;
  readonly graph: string;
  readonly graphScope: string;
}

export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  public: {
    name: 'public',
    title: 'Azure public',
    authorityHost: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    resourceManagerScope: 'https://management.azure.com/.default',
    vaultSuffix: '.vault.azure.net',
    managedHsmSuffix: '.managedhsm.azure.net',
    vaultScope: 'https://vault.azure.net/.default',
    topicSuffix: '.eventgrid.azure.net',
    graph: 'https://graph.microsoft.com',
    graphScope: 'https://graph.microsoft.com/.default',
  },
  usGovernment: {
    name: 'usGovernment',
    title: 'Azure US Government',
    authorityHost: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    resourceManagerScope: 'https://management.usgovcloudapi.net/.default',
    vaultSuffix: '.vault.usgovcloudapi.net',
    managedHsmSuffix: '.managedhsm.usgovcloudapi.net',
    vaultScope: 'https://vault.usgovcloudapi.net/.default',
    topicSuffix: '.eventgrid.azure.us',
    graph: 'https://graph.microsoft.us',
    graphScope: 'https://graph.microsoft.us/.default',
  },
  china: {
    name: 'china',
    title: 'Azure China',
    authorityHost: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    resourceManagerScope: 'https://management.chinacloudapi.cn/.default',
    vaultSuffix: '.vault.azure.cn',
    managedHsmSuffix: '.managedhsm.azure.cn',
    vaultScope: 'https://vault.azure.cn/.default',
    topicSuffix: '.eventgrid.azure.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    graphScope: 'https://microsoftgraph.chinacloudapi.cn/.default',
  },
};

const VAULT_NAME = /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/;

export type JudgedVault =
  | { readonly ok: true; readonly uri: string; readonly name: string }
  | { readonly ok: false; readonly why: string };

/** Judges the URL of a vault: https, of this cloud, a vault and nothing else. The URI has no trailing slash. */
export function judgeVaultUrl(text: string, cloud: Cloud): JudgedVault {
  if (!URL.canParse(text)) return { ok: false, why: 'it is not a URL' };
  const url = new URL(text);
  if (url.protocol !== 'https:') return { ok: false, why: 'it must start with https://' };
  if (url.username || url.password) return { ok: false, why: 'it holds a user name or password' };
  if (url.port) return { ok: false, why: 'a vault has no port' };
  if (url.pathname !== '/' || url.search || url.hash)
    return { ok: false, why: 'it must end after the host name' };
  const host = url.hostname;
  for (const other of Object.values(CLOUDS)) {
    if (host.endsWith(other.managedHsmSuffix)) {
      return { ok: false, why: 'it is a managed HSM, which holds keys and no secrets' };
    }
    if (host.endsWith(other.vaultSuffix) && other.name !== cloud.name) {
      return { ok: false, why: `it is a vault of ${other.title}, the configuration is for ${cloud.title}` };
    }
  }
  if (!host.endsWith(cloud.vaultSuffix)) return { ok: false, why: `it does not end in ${cloud.vaultSuffix}` };
  const name = host.slice(0, -cloud.vaultSuffix.length);
  if (!VAULT_NAME.test(name)) return { ok: false, why: `${name} is not a vault's name` };
  return { ok: true, uri: `https://${host}`, name };
}

/** Whether this is the endpoint of a custom topic of the cloud: the app's token goes there. */
export function isTopicUrl(text: string, cloud: Cloud): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain =
    url.protocol === 'https:' && !url.username && !url.password && !url.port && !url.search && !url.hash;
  return plain && url.hostname.endsWith(cloud.topicSuffix) && /^\/api\/events\/?$/.test(url.pathname);
}

/**
 * Whether a token may go to this Airflow web server: https to a host of the cloud's own, or exactly the origin that
 * the profile names. Nothing else in a runtime's body chooses where a token goes.
 *
 * @param hosts endings of the hosts of the cloud's own web servers
 */
export function mayReceiveToken(
  webUrl: string,
  hosts: readonly string[],
  trustedOrigin: string | undefined,
): boolean {
  if (!URL.canParse(webUrl)) return false;
  const url = new URL(webUrl);
  if (url.protocol !== 'https:' || url.username || url.password) return false;
  if (
    trustedOrigin !== undefined &&
    URL.canParse(trustedOrigin) &&
    new URL(trustedOrigin).origin === url.origin
  ) {
    return true;
  }
  return url.port === '' && hosts.some((suffix) => url.hostname.endsWith(suffix));
}
