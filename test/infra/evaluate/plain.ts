/** What the templates deploy as plain JSON: what only a deployment tells as text, resources by their ids. */
import type { TemplateResource } from '../../../local/services/resourceManager/deployments/types.js';
import type { Deployed } from './deploy.js';
import { isList, isMembers, Known, type Members, Unknown, type Value } from './values.js';

export function plain(deployed: readonly Deployed[]): TemplateResource[] {
  return deployed.map(({ body, ...resource }) => ({ ...resource, body: membersOf(body) }));
}

function membersOf(members: Members): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: Value): unknown {
  if (value instanceof Known) return value.id;
  if (value instanceof Unknown) return String(value);
  if (isList(value)) return value.map(plainValue);
  return isMembers(value) ? membersOf(value) : value;
}
