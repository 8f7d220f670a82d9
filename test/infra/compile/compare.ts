/** Says in what two deployments differ, resource by resource. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployed, Deployment } from '../evaluate/deploy.js';
import { isList, isMembers, type Members, Unknown, type Value } from '../evaluate/values.js';

/** Around the first difference of two long texts. */
const SHOWN = 60;

/**
 * Lines: a resource, and below it, indented, each value that differs; nothing where both deploy the same. Deployments of
 * modules are left out, which a snapshot has not.
 */
export function differences(was: Deployment, is: Deployment): readonly string[] {
  const before = byId(was.resources);
  const after = byId(is.resources);
  return [
    ...[...before].filter(([id]) => !after.has(id)).map(([, one]) => `- ${titleOf(one)}`),
    ...[...after].flatMap(([id, one]) => {
      const other = before.get(id);
      if (other === undefined) return [`+ ${titleOf(one)}`];
      return under(`  ${titleOf(one)}`, valuesThatDiffer(contentOf(other), contentOf(one)));
    }),
    ...under('  outputs', valuesThatDiffer(was.outputs, is.outputs)),
  ];
}

function under(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `      ${line}`)];
}

/** For example `Microsoft.Storage/storageAccounts/blobServices st1/default in resourceGroups/rg-prod`. */
function titleOf({ type, id, scope }: Deployed): string {
  const parts = id.slice(scope.length).replace('/providers/', '').split('/');
  const names = parts.filter((_part, i) => i > 0 && i % 2 === 0).join('/');
  return `${type} ${names} in ${scope.replace(/^\/subscriptions\/[^/]+\/?/, '') || 'the subscription'}`;
}

function contentOf({ type, apiVersion, name, scope, body }: Deployed): Members {
  return { type, apiVersion, name, scope, ...body };
}

/** Azure's ids have no case. What is deployed twice counts twice. */
function byId(resources: readonly Deployed[]): ReadonlyMap<string, Deployed> {
  const found = new Map<string, Deployed>();
  for (const one of resources.filter(({ type }) => type !== 'Microsoft.Resources/deployments')) {
    let id = one.id.toLowerCase();
    while (found.has(id)) id += ' again';
    found.set(id, one);
  }
  return found;
}

function valuesThatDiffer(was: Value | undefined, is: Value | undefined, path = ''): readonly string[] {
  const [before, after] = [shown(was), shown(is)];
  if (isDeepStrictEqual(before, after)) return [];
  const keys = keysOf(before, after);
  if (keys === undefined) return [`${path}: ${inWords(before, after)} is now ${inWords(after, before)}`];
  return keys.flatMap((key) =>
    valuesThatDiffer(memberOf(before, key), memberOf(after, key), path === '' ? key : `${path}.${key}`),
  );
}

/** Two runtime values are the same where they come from the same place. */
function shown(value: Value | undefined): Value | undefined {
  return value instanceof Unknown ? String(value) : value;
}

function keysOf(before: Value | undefined, after: Value | undefined): readonly string[] | undefined {
  if (before === undefined || after === undefined) return undefined;
  const bothHave = (isList(before) && isList(after)) || (isMembers(before) && isMembers(after));
  return bothHave ? [...new Set([...Object.keys(before), ...Object.keys(after)])] : undefined;
}

function memberOf(value: Value | undefined, key: string): Value | undefined {
  if (value === undefined) return undefined;
  return isList(value) ? value[Number(key)] : isMembers(value) ? value[key] : undefined;
}

function inWords(value: Value | undefined, other: Value | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value, (_key, one) => (one instanceof Unknown ? String(one) : one));
  if (text.length <= 3 * SHOWN) return text;
  const against = other === undefined ? '' : JSON.stringify(other);
  const first = [...text].findIndex((letter, i) => letter !== against[i]);
  const from = Math.max(0, first - SHOWN);
  return `${from > 0 ? '…' : ''}${text.slice(from, from + 2 * SHOWN)}…`;
}
