/** What expressions are worth. */

export type Value = string | number | boolean | null | readonly Value[] | Members | Known | Unknown;
export interface Members {
  readonly [name: string]: Value;
}

/** A resource or a scope, or an object in one: its id is known before anything is deployed. */
export class Known {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly members: Members = {},
    /** Names of members that lead to it: none for the resource itself. */
    readonly path: readonly string[] = [],
  ) {}
}

/** What only a deployment tells, such as the object id of an identity; it says where it comes from. */
export class Unknown {
  constructor(
    /** Resource id of what has it. */
    readonly id: string,
    /** Names of members that lead to it, for example `properties` and `principalId`. */
    readonly path: readonly string[],
  ) {}

  /** For example `<id-airlock-abc.properties.principalId>`; the same as a part of a text. */
  toString(): string {
    return `<${[this.id.split('/').at(-1), ...this.path].join('.')}>`;
  }
}

export function isMembers(value: Value): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isOpaque(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isOpaque(value: Value): boolean {
  return value instanceof Known || value instanceof Unknown;
}

/** The value as text, as in an interpolation. Throws where it has none. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Unknown) return value.toString();
  throw new Error(`${JSON.stringify(value)} is no text.`);
}

/** Whether a condition holds. Throws where it is no boolean, and where only a deployment could tell. */
export function holds(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Error(`${JSON.stringify(value)} is no condition.`);
  return value;
}

/** A member of an object, of a list by its index, or of a resource. Throws where there is none, unless that is `safe`. */
export function memberOf(of: Value, key: Value, safe: boolean): Value {
  if (of === null && safe) return null;
  if (of instanceof Unknown) return new Unknown(of.id, [...of.path, textOf(key)]);
  if (of instanceof Known) {
    if (key === 'id') return of.id;
    if (key === 'name') return of.name;
    const member = of.members[textOf(key)];
    const path = [...of.path, textOf(key)];
    // A deployment adds more than was written.
    if (key === 'properties' && member !== undefined && isMembers(member))
      return new Known(of.id, of.name, member, path);
    return member ?? new Unknown(of.id, path);
  }
  const value = isList(of) ? of[Number(key)] : isMembers(of) ? of[textOf(key)] : undefined;
  if (value !== undefined) return value;
  if (safe) return null;
  throw new Error(`There is no ${textOf(key)} in ${JSON.stringify(of)}.`);
}
