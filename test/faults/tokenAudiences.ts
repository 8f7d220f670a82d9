/** A token goes only where it belongs: whom those may be for that a service gets to see. */
import type { LedgerEntry } from '../../local/kernel/types.js';
import {
  DATA_FACTORY_APP_ID,
  EVENT_GRID_AUDIENCES,
  GRAPH_AUDIENCES,
  RESOURCE_MANAGER_AUDIENCES,
  VAULT_AUDIENCES,
} from '../../local/services/entra/audiences.js';

/** Anything else could be used elsewhere by whoever runs the service. */
const AUDIENCES: Readonly<Record<string, readonly string[]>> = {
  arm: RESOURCE_MANAGER_AUDIENCES,
  graph: GRAPH_AUDIENCES,
  vault: VAULT_AUDIENCES,
  eventGrid: EVENT_GRID_AUDIENCES,
  airflow: [DATA_FACTORY_APP_ID],
};

/** What is wrong with the token of a call. */
export function misplacedToken({ service, operation, detail }: LedgerEntry): string | undefined {
  const audience = detail?.['audience'];
  const allowed = AUDIENCES[service];
  if (typeof audience !== 'string' || allowed === undefined) return undefined;
  if (allowed.includes(audience.replace(/\/+$/, '').toLowerCase())) return undefined;
  return `${service} ${operation} got to see a token for ${audience}`;
}
