/** What expressions are worth. */

export type Value = string | number | boolean | null | readonly Value[] | Members | Known | Unknown;
export interface Members {
  readonly [name: string]: Value;
}

/** A resource or a scope: its id is known before anything is deployed. */
export class Known {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly members: Members = {},
  ) {}
}

/** What only a deployment tells, such as the object id of an identity; it says where it comes from. */
export class Unknown {
  constructor(readonly from: string) {}

  toString(): string {
    return `<${this.from}>`;
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
