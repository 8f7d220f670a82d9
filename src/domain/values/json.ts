/** JSON as values. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

declare global {
  interface JSON {
    /** https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON */
    rawJSON(text: string): JsonObject;
    isRawJSON(value: unknown): boolean;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** JSON text with sorted keys: the same text for equal values. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export function equalJson(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** Parses JSON text; `undefined` where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Parses JSON text so that `JSON.stringify` gives the same values back: a number that a double does not hold, or holds in
 * another spelling, keeps its text. `undefined` where it is none.
 */
export function parseExactly(text: string): Json | undefined {
  try {
    return JSON.parse(text, keepNumber) as Json;
  } catch {
    return undefined;
  }
}

/** TypeScript does not know the reviver's third argument yet. */
function keepNumber(_key: string, value: unknown, ...rest: readonly { readonly source?: string }[]): unknown {
  const source = rest[0]?.source;
  return typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
    ? JSON.rawJSON(source)
    : value;
}

/** The object with one member set, its other members and their order kept. */
export function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  return Object.fromEntries(
    Object.hasOwn(object, key)
      ? Object.entries(object).map(([name, old]) => [name, name === key ? value : old])
      : [...Object.entries(object), [key, value]],
  );
}

/** The object without some members. */
export function withoutMembers(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !keys.includes(name)));
}
