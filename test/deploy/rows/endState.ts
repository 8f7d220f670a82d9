/** What the user's cloud holds at the end, in a form in which two rows can be compared. */
import { isDeepStrictEqual } from 'node:util';
import type { Cloud } from '../cloud/cloud.js';
import type { Variables } from '../machine/machine.js';

/** Lines by what they are about: sorted, without what is random. */
export type EndState = Readonly<Record<string, readonly string[]>>;

/** @param environment what azd keeps; empty without azd */
export function endStateOf(cloud: Cloud, environment: Variables): EndState {
  const { deployments, roles, keyVault, directory } = cloud.azure;
  const made = deployments.resources();
  const sites = made.filter(({ type }) => type === 'Microsoft.Web/sites');
  const lines: Record<string, readonly string[]> = {
    resources: made.map(({ id, scope, body }) => `${id} on ${scope}: ${JSON.stringify(sorted(body))}`),
    'role assignments': roles
      .list()
      .map(({ principal, role, scope }) => `${principal} is ${role} on ${scope}`),
    functions: sites.flatMap(({ id }) => deployments.functionsOf(id).map((name) => `${id} has ${name}`)),
    'app settings': sites.map(({ id }) => JSON.stringify(sorted(deployments.settingsOf(id)))),
    secrets: keyVault
      .vaults()
      .flatMap(({ name, secrets }) =>
        secrets.map(
          (secret) =>
            `${name}/${secret.name}: ${secret.versions.map(({ enabled, tags }) => `${enabled ? 'enabled' : 'disabled'} ${Object.keys(tags)}`).join(', ')}`,
        ),
      ),
    'permissions in Microsoft Graph': directory
      .applications()
      .flatMap(({ clientId }) =>
        directory.ownersOf(clientId).map((owner) => `${owner.displayName} owns ${clientId}`),
      ),
    'environment of azd': Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  };
  for (const { displayName, clientId } of principals(cloud)) {
    const held = directory
      .graphPermissionsOf(clientId)
      .map((permission) => `${displayName} has ${permission}`);
    lines['permissions in Microsoft Graph'] = [...(lines['permissions in Microsoft Graph'] ?? []), ...held];
  }
  const withNames = namesForIds(cloud);
  return Object.fromEntries(Object.entries(lines).map(([what, list]) => [what, list.map(withNames).sort()]));
}

/** What differs, a line each; none: they are the same. */
export function differences(expected: EndState, found: EndState): readonly string[] {
  return Object.keys(expected).flatMap((what) => {
    const [before = [], after = []] = [expected[what], found[what]];
    if (isDeepStrictEqual(before, after)) return [];
    const missing = before
      .filter((line) => !after.includes(line))
      .map((line) => `missing in ${what}: ${line}`);
    const surplus = after.filter((line) => !before.includes(line)).map((line) => `new in ${what}: ${line}`);
    return missing.length + surplus.length > 0 ? [...missing, ...surplus] : [`${what}: twice the same`];
  });
}

/** The principals that somebody holds a role with. */
function principals({ azure }: Cloud) {
  const ids = new Set(azure.roles.list().map(({ principal }) => principal));
  return [...ids].flatMap((id) => azure.directory.principal(id) ?? []);
}

/** Client and object ids are other ones in each cloud; names are not. */
function namesForIds(cloud: Cloud): (line: string) => string {
  const names = principals(cloud).flatMap(({ displayName, clientId, objectId }) => [
    [clientId, `client id of ${displayName}`] as const,
    [objectId, `object id of ${displayName}`] as const,
  ]);
  return (line) => names.reduce((text, [id, name]) => text.replaceAll(id, name), line);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
