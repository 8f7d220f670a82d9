/** The vault's firewall against the addresses that a runtime calls from. */
import { isJsonObject, type Json, type JsonObject } from '../values/json.js';

/** What of a vault's settings decides who reaches it. */
export interface VaultSettings {
  /** Resource id. */
  readonly id: string;
  /** False: access policies decide. */
  readonly usesRoles: boolean;
  readonly network: VaultNetwork;
}

export interface VaultNetwork {
  /** Nobody comes in through the public endpoint. */
  readonly closed: boolean;
  /** Only who is in a rule comes in. */
  readonly filtered: boolean;
  /** IPv4 addresses and ranges (CIDR) that come in. */
  readonly ranges: readonly string[];
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const MOST_DEPTH = 4;

/**
 * Addresses that a runtime's body tells of its cluster
 * (https://learn.microsoft.com/azure/data-factory/airflow-get-ip-airflow-cluster says that a read has them), looked for
 * by name beside the settings that people write. Empty: not known.
 */
export function outboundAddresses(body: JsonObject): readonly string[] {
  const found = new Set<string>();
  const visit = (value: Json, named: boolean, depth: number): void => {
    if (typeof value === 'string') {
      if (named && IPV4.test(value)) found.add(value);
    } else if (Array.isArray(value)) for (const one of value) visit(one, named, depth);
    else if (isJsonObject(value) && depth < MOST_DEPTH) {
      for (const [name, below] of Object.entries(value)) {
        if (SETTINGS.has(name)) continue;
        visit(below, namesAddresses(name), depth + 1);
      }
    }
  };
  const { properties } = body;
  if (properties !== undefined) visit(properties, false, 0);
  return [...found];
}

/** No document names the member: the portal's page shows it in a picture only. */
function namesAddresses(name: string): boolean {
  if (/^ip|ips?$/i.test(name)) return true;
  const outbound = name.search(/ip|outbound/i);
  return outbound !== -1 && name.toLowerCase().indexOf('address', outbound) !== -1;
}

/** Other people's values: an address there is nobody's outbound one. */
const SETTINGS = new Set([
  'airflowEnvironmentVariables',
  'airflowConfigurationOverrides',
  'airflowRequirements',
  'gitSyncProperties',
  'airflowEntityReferences',
]);

/** Whether a vault lets an address in. */
export function letsIn({ closed, filtered, ranges }: VaultNetwork, address: string): boolean {
  if (closed) return false;
  return !filtered || ranges.some((range) => isIn(range, address));
}

function isIn(range: string, address: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  if (!IPV4.test(base) || !/^\d{1,2}$/.test(bits)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
