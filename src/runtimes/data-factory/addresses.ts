/** The addresses that a runtime calls from, as far as its body tells them. */

import { IPV4 } from '../../domain/preflight/addresses.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/values/json.js';
import { WORDS } from './words.js';

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
const SETTINGS = new Set([...Object.values(WORDS.settings), 'gitSyncProperties', 'airflowEntityReferences']);
