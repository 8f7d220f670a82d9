/** Bicep as a tree, as far as this project's templates use it. */

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'object'; readonly members: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'for';
      readonly item: string;
      readonly index?: string;
      readonly over: Expression;
      readonly body: Expression;
    }
  | { readonly kind: 'if'; readonly condition: Expression; readonly body: Expression }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: Expression; readonly safe: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    };

export interface Statement {
  readonly keyword: string;
  readonly name: string;
  /** Type and version of a resource, path of a module. */
  readonly refersTo?: string;
  readonly existing: boolean;
  readonly value?: Expression;
  /** Calls such as `maxLength(16)`. */
  readonly decorators: readonly Expression[];
}

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'line' | 'end';
  readonly text: string;
  /** Of a string: words, and the source of what it interpolates. */
  readonly parts?: readonly (string | { readonly source: string })[];
}
