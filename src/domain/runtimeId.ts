/**
 * Identity of a runtime: a Data Factory integration runtime, by its Azure resource id. Azure compares resource ids
 * without case and spells their segments in several ways, so ids are parsed, never compared as text.
 */

/** The names that make up a runtime's resource id, spelled as first seen. */
export interface RuntimeId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly factory: string;
  readonly name: string;
}

const RESOURCE_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.datafactory\/factories\/([^/]+)\/integrationruntimes\/([^/]+)\/?$/i;

// Letters, digits and the punctuation that Azure allows in names of these four kinds; no more, so that a name can
// stand in a URL path, a log line or an instance id without being escaped.
const SUBSCRIPTION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RESOURCE_GROUP = /^[\w.()-]{1,90}$/;
const FACTORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{1,61})[A-Za-z0-9]$/;
const RUNTIME_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * Reads a resource id such as
 * `/subscriptions/{guid}/resourceGroups/{group}/providers/Microsoft.DataFactory/factories/{factory}/integrationRuntimes/{name}`,
 * in any case. Returns `undefined` where the text is the id of something else or a name breaks Azure's naming rules
 * (https://learn.microsoft.com/azure/data-factory/naming-rules).
 */
export function parseRuntimeId(resourceId: string): RuntimeId | undefined {
  const match = RESOURCE_ID.exec(resourceId);
  if (!match) return undefined;
  const [, subscription = '', resourceGroup = '', factory = '', name = ''] = match;
  const wellNamed =
    SUBSCRIPTION.test(subscription) &&
    RESOURCE_GROUP.test(resourceGroup) &&
    FACTORY.test(factory) &&
    RUNTIME_NAME.test(name);
  return wellNamed ? { subscription, resourceGroup, factory, name } : undefined;
}

/** The resource id in the spelling that Azure Resource Manager documents. */
export function formatRuntimeId(id: RuntimeId): string {
  return `/subscriptions/${id.subscription}/resourceGroups/${id.resourceGroup}/providers/Microsoft.DataFactory/factories/${id.factory}/integrationRuntimes/${id.name}`;
}

/** One spelling for all spellings of the same id: what keys and comparisons are made of. */
export function canonicalRuntimeId(id: RuntimeId): string {
  return formatRuntimeId(id).toLowerCase();
}

/** Short name for people, for example `adf-sales/etl`. */
export function displayRuntime(id: RuntimeId): string {
  return `${id.factory}/${id.name}`;
}
