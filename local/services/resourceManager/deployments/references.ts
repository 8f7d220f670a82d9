/** Puts in what only a deployment tells: templates name it as `<name.path>`. */

/** Something with a name, and what a deployment added to it, by path. */
export interface Named {
  readonly name: string;
  readonly added: Readonly<Record<string, string>>;
}

/** The body with every reference replaced that one of the resources answers; others stay as they are. */
export function resolveReferences(
  body: Readonly<Record<string, unknown>>,
  resources: readonly Named[],
): Record<string, unknown> {
  const inText = (text: string) =>
    text.replaceAll(/<([^<>\s]+)>/g, (whole, reference: string) => answer(reference, resources) ?? whole);
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return value.map(inValue);
    return typeof value === 'object' && value !== null ? inMembers(value) : value;
  };
  const inMembers = (members: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, inValue(value)]));
  return inMembers(body);
}

function answer(reference: string, resources: readonly Named[]): string | undefined {
  for (const { name, added } of resources) {
    if (!reference.startsWith(`${name}.`)) continue;
    const path = reference.slice(name.length + 1).replace(/^properties\./, '');
    if (Object.hasOwn(added, path)) return added[path];
  }
  return undefined;
}
