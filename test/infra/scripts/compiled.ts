/** What the compiler makes of the parameters, as far as infra/scripts/check.mjs reads it; from the sources as they are. */
import { readFileSync } from 'node:fs';
import { projectFile } from '../../../local/project.js';
import { parse } from '../evaluate/parse.js';
import type { Expression, Statement } from '../evaluate/syntax.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Values = Readonly<Record<string, Json>>;

export interface Compiled {
  readonly values: Values;
  /** Constraints by parameter; of types it has none. */
  readonly declared: Readonly<Record<string, Values>>;
}

const CONSTRAINTS: Readonly<Record<string, string>> = {
  allowed: 'allowedValues',
  minLength: 'minLength',
  maxLength: 'maxLength',
  minValue: 'minValue',
  maxValue: 'maxValue',
};

/** infra/main.bicep with infra/main.bicepparam; `over` takes the place of its values. */
export function compiled(over: Values = {}): Compiled {
  const given = new Map(parametersOf('main.bicepparam').map(({ name, value }) => [name, value]));
  const template = parametersOf('main.bicep');
  return {
    values: {
      ...Object.fromEntries(
        template.flatMap(({ name, value }) => {
          const chosen = given.get(name) ?? value;
          return chosen === undefined ? [] : [[name, literal(chosen)]];
        }),
      ),
      ...over,
    },
    declared: Object.fromEntries(template.map(({ name, decorators }) => [name, constraintsOf(decorators)])),
  };
}

function parametersOf(file: string): readonly Statement[] {
  return parse(readFileSync(projectFile('infra', file), 'utf8'), file).filter(
    ({ keyword }) => keyword === 'param',
  );
}

function constraintsOf(decorators: readonly Expression[]): Values {
  return Object.fromEntries(
    decorators.flatMap((decorator) => {
      const key = decorator.kind === 'call' ? CONSTRAINTS[decorator.name] : undefined;
      const [given] = decorator.kind === 'call' ? decorator.given : [];
      return key === undefined || given === undefined ? [] : [[key, literal(given)]];
    }),
  );
}

/** The value of an expression that is written out; of a call, what stands for it here. */
function literal(expression: Expression): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'text':
      return expression.parts.join('');
    case 'array':
      return expression.items.map(literal);
    case 'object':
      return Object.fromEntries(
        expression.members.map(([key, value]) => [
          key.kind === 'name' ? key.name : String(literal(key)),
          literal(value),
        ]),
      );
    case 'call':
      // Variables are the stand-in compiler's business, and nobody subscribes here.
      return expression.name === 'loadTextContent'
        ? readFileSync(projectFile('examples/airlock.yaml'), 'utf8')
        : expression.name === 'bool'
          ? false
          : '';
    default:
      throw new Error(`A parameter is a ${expression.kind}, which is no literal.`);
  }
}
