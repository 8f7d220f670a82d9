/**
 * Evaluates template expressions of Resource Manager (`[format('{0}', reference('…').x)]`), as a snapshot holds them where
 * only a deployment knows the value (https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions).
 */
import { isDeepStrictEqual } from 'node:util';
import { FUNCTIONS, type Place } from './functions.js';
import { holds, isList, memberOf, textOf, Unknown, type Value } from './values.js';

/** What a resource is after its deployment: `reference(id)`, or, in full, with its location and the like. */
export type Reference = (id: string, full: boolean) => Value;

type Tree =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Tree[] }
  | { readonly kind: 'member'; readonly of: Tree; readonly key: Tree };

/**
 * The value of a text of a template: the text itself where it is no expression. Throws, with the text, at a function that
 * snapshots have not had yet.
 */
export function evaluateText(text: string, place: Place, reference: Reference): Value {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  try {
    return new Evaluation(place, reference).value(parse(text.slice(1, -1)));
  } catch (error) {
    throw new Error(`${text}: ${error instanceof Error ? error.message : error}`);
  }
}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|(\w+)|([(),.[\]]))/y;

function parse(source: string): Tree {
  const tokens: { readonly tree?: Tree; readonly name?: string; readonly sign?: string }[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const [found, string, number, name, sign] = TOKEN.exec(source) ?? [];
    if (found === undefined) throw new Error('this is no expression.');
    if (string !== undefined) {
      tokens.push({ tree: { kind: 'literal', value: string.replaceAll("''", "'") } });
    } else if (number !== undefined) tokens.push({ tree: { kind: 'literal', value: Number(number) } });
    else tokens.push({ ...(name === undefined ? {} : { name }), ...(sign === undefined ? {} : { sign }) });
  }
  let at = 0;
  const takes = (sign: string): boolean => {
    if (tokens[at]?.sign !== sign) return false;
    at += 1;
    return true;
  };
  const primary = (): Tree => {
    const { tree, name } = tokens[at++] ?? {};
    if (tree !== undefined) return tree;
    if (name === undefined || !takes('(')) throw new Error('this is no expression.');
    const given: Tree[] = [];
    while (!takes(')')) {
      given.push(postfix());
      takes(',');
    }
    return { kind: 'call', name, given };
  };
  const postfix = (): Tree => {
    let of = primary();
    for (;;) {
      if (takes('.')) of = { kind: 'member', of, key: { kind: 'literal', value: tokens[at++]?.name ?? '' } };
      else if (takes('[')) {
        of = { kind: 'member', of, key: postfix() };
        takes(']');
      } else return of;
    }
  };
  const whole = postfix();
  if (at < tokens.length) throw new Error('this is no expression.');
  return whole;
}

class Evaluation {
  constructor(
    private readonly place: Place,
    private readonly reference: Reference,
  ) {}

  value(tree: Tree, locals: ReadonlyMap<string, Value> = new Map()): Value {
    if (tree.kind === 'literal') return tree.value;
    if (tree.kind === 'member') {
      return memberOf(this.value(tree.of, locals), this.value(tree.key, locals), false);
    }
    const { name } = tree;
    const [first, second, third] = tree.given;
    const given = (one: Tree | undefined): Value => (one === undefined ? null : this.value(one, locals));
    switch (name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'and':
        return tree.given.every((one) => holds(given(one)));
      case 'not':
        return !holds(given(first));
      case 'equals':
        return isDeepStrictEqual(given(first), given(second));
      case 'if':
        return given(holds(given(first)) ? second : third);
      case 'reference':
        return this.reference(textOf(given(first)), given(third) === 'full');
      case 'listKeys':
        return new Unknown(textOf(given(first)), ['listKeys']);
      case 'filter':
        return this.#filter(given(first), second, locals);
      case 'lambdaVariables':
        return locals.get(textOf(given(first))) ?? null;
      default:
        return this.#call(name, tree.given.map(given));
    }
  }

  #filter(list: Value, lambda: Tree | undefined, locals: ReadonlyMap<string, Value>): Value {
    if (!isList(list) || lambda?.kind !== 'call') throw new Error('filter() takes a list and a lambda.');
    const [variable, body] = lambda.given;
    if (variable === undefined || body === undefined) throw new Error('A lambda has a variable and a body.');
    const name = textOf(this.value(variable, locals));
    return list.filter((one) => holds(this.value(body, new Map([...locals, [name, one]]))));
  }

  #call(name: string, given: readonly Value[]): Value {
    const texts = () => given.map(textOf);
    switch (name) {
      case 'format': {
        const [form = '', ...parts] = texts();
        return form.replace(/\{\{|\}\}|\{(\d+)\}/g, (hole, index) => parts[Number(index)] ?? hole.slice(1));
      }
      case 'split': {
        const [text = '', at = ''] = texts();
        return text.split(at);
      }
      case 'extensionResourceId': {
        const [scope = '', type = '', ...names] = texts();
        return `${scope}/providers/${path(type, names)}`;
      }
      case 'resourceId': {
        const [subscription = '', group = '', type = '', ...names] = texts();
        return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${path(type, names)}`;
      }
      default: {
        const call = FUNCTIONS[name];
        if (call === undefined) throw new Error(`the function ${name} is not known here.`);
        return call(given, this.place);
      }
    }
  }
}

/** `Microsoft.X/a/b` with the names 1 and 2 is `Microsoft.X/a/1/b/2`. */
function path(type: string, names: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  return [provider, ...types.flatMap((one, i) => [one, names[i] ?? ''])].join('/');
}
