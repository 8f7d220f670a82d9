/** The id of an entity as messages carry it: `@name@key`, the name in lower case as the host has it. */
export function entityId(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`;
}
