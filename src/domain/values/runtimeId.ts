/**
 * Identity of a runtime: a Data Factory integration runtime, by its Azure resource id. Azure compares resource ids
 * without case and spells their segments in several ways, so ids are parsed, never compared as text.
 */
import { sha256Hex } from './digest.js';
import { caseless } from './sameId.js';

/** The names that make up a runtime's resource id, spelled as first seen. */
export interface RuntimeId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly factory: string;
  readonly name: string;
}

const RESOURCE_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.datafactory\/factories\/([^/]+)\/integrationruntimes\/([^/]+)\/?$/i;

/**
 * Characters of a resource group's name, for a regular expression with the flag `u`: letters and digits of any script,
 * `_ - . ( )`. Resource Manager checks `^[-\w\._\(\)]+$` as .NET reads it, where `\w` is these categories
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources).
 */
export const RESOURCE_GROUP_CHARACTERS = String.raw`\p{L}\p{Mn}\p{Nd}\p{Pc}.()\-`;
/** Characters of the names of factories and runtimes (https://learn.microsoft.com/azure/data-factory/naming-rules). */
export const FACTORY_CHARACTERS = String.raw`A-Za-z0-9\-`;

// No more than Azure allows: none of it ends a line of a log or opens another path.
const SUBSCRIPTION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RESOURCE_GROUP = new RegExp(`^[${RESOURCE_GROUP_CHARACTERS}]{1,90}$(?<!\\.)`, 'u');
const FACTORY = new RegExp(`^[A-Za-z0-9][${FACTORY_CHARACTERS}]{1,61}[A-Za-z0-9]$`, 'u');
/**
 * Dashes stand alone, between others (https://learn.microsoft.com/azure/data-factory/naming-rules, which gives no length). The
 * API's description asks for 3 to 63 characters. Should Azure have one of 1 or 2 all the same, a list or an event names it, and
 * a rotation that left a carrier out for its name would break it.
 */
const RUNTIME_NAME = /^(?=.{1,63}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;

/**
 * Reads a resource id such as
 * `/subscriptions/{guid}/resourceGroups/{group}/providers/Microsoft.DataFactory/factories/{factory}/integrationRuntimes/{name}`,
 * in any case, and also with letters beyond ASCII as a URL spells them. Returns `undefined` where the text is the id of
 * something else or a name breaks Azure's naming rules.
 */
export function parseRuntimeId(resourceId: string): RuntimeId | undefined {
  const match = RESOURCE_ID.exec(decoded(resourceId));
  if (!match) return undefined;
  const [, subscription = '', resourceGroup = '', factory = '', name = ''] = match;
  const wellNamed =
    SUBSCRIPTION.test(subscription) &&
    RESOURCE_GROUP.test(resourceGroup) &&
    FACTORY.test(factory) &&
    RUNTIME_NAME.test(name);
  return wellNamed ? { subscription, resourceGroup, factory, name } : undefined;
}

/** No name holds a `%`: where there is one, the id was spelled for a URL. */
function decoded(resourceId: string): string {
  try {
    return decodeURIComponent(resourceId);
  } catch {
    return resourceId;
  }
}

/** The resource id in the spelling that Azure Resource Manager documents. */
export function formatRuntimeId(id: RuntimeId): string {
  return `${factoryIdOf(id)}/integrationRuntimes/${id.name}`;
}

/** Resource id of the runtime's factory. */
export function factoryIdOf({ subscription, resourceGroup, factory }: Omit<RuntimeId, 'name'>): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}`;
}

/** One spelling for all spellings of the same id: what keys and comparisons are made of. */
export function canonicalRuntimeId(id: RuntimeId): string {
  return caseless(formatRuntimeId(id));
}

/** Short name for people, for example `adf-sales/etl`. */
export function displayRuntime(id: RuntimeId): string {
  return `${id.factory}/${id.name}`;
}

/** Key of a runtime's record: an entity's key may hold no slashes and has a limited length. */
export function runtimeRecordKey(runtime: RuntimeId): string {
  return sha256Hex(canonicalRuntimeId(runtime)).slice(0, 32);
}
