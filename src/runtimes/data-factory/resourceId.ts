/**
 * Identity of a Data Factory integration runtime, by its Azure resource id. Azure compares resource ids without case and
 * spells their segments in several ways, so ids are parsed, never compared as text.
 */
import type { RuntimeBatch } from '../../domain/values/runtimeBatch.js';
import type { RuntimeId } from '../../domain/values/runtimeId.js';

/** What stands in ids as their kind. */
export const KIND = 'dataFactory';

/** The names that make up a factory's resource id. */
export interface FactoryNames {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly factory: string;
}

/** The names that make up a runtime's resource id, spelled as first seen. */
export interface RuntimeNames extends FactoryNames {
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
export function parseResourceId(resourceId: string): RuntimeId | undefined {
  const match = RESOURCE_ID.exec(decoded(resourceId));
  if (!match) return undefined;
  const [, subscription = '', resourceGroup = '', factory = '', name = ''] = match;
  const wellNamed =
    SUBSCRIPTION.test(subscription) &&
    RESOURCE_GROUP.test(resourceGroup) &&
    FACTORY.test(factory) &&
    RUNTIME_NAME.test(name);
  return wellNamed ? runtimeIdOf({ subscription, resourceGroup, factory, name }) : undefined;
}

/** No name holds a `%`: where there is one, the id was spelled for a URL. */
function decoded(resourceId: string): string {
  try {
    return decodeURIComponent(resourceId);
  } catch {
    return resourceId;
  }
}

/** The id in the spelling that Azure Resource Manager documents. */
export function runtimeIdOf(names: RuntimeNames): RuntimeId {
  const { factory, name } = names;
  return { kind: KIND, id: `${runtimesOf(names)}${name}`, name: `${factory}/${name}` };
}

/** The names in an id that this kind has made. */
export function namesIn({ id }: RuntimeId): RuntimeNames {
  const [, , subscription = '', , resourceGroup = '', , , , factory = '', , name = ''] = id.split('/');
  return { subscription, resourceGroup, factory, name };
}

/** Resource id of a factory. */
export function factoryIdOf({ subscription, resourceGroup, factory }: FactoryNames): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}`;
}

/** The runtimes of a factory. */
export function batchOf(names: FactoryNames): RuntimeBatch {
  const { subscription, resourceGroup, factory } = names;
  return {
    kind: KIND,
    key: `${subscription}/${resourceGroup}/${factory}`,
    ids: runtimesOf(names),
    names: `${factory}/`,
  };
}

/** The factory of a batch that this kind has made. */
export function factoryIn({ key }: RuntimeBatch): FactoryNames {
  const [subscription = '', resourceGroup = '', factory = ''] = key.split('/');
  return { subscription, resourceGroup, factory };
}

function runtimesOf(names: FactoryNames): string {
  return `${factoryIdOf(names)}/integrationRuntimes/`;
}
