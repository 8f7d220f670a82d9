import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { guid, uniqueString } from './hash.js';
import { holds, isList, isMembers, Known, type Members, textOf, Unknown, type Value } from './values.js';

export type Environment = Readonly<Record<string, string>>;

/** Where an expression is evaluated. */
export interface Place {
  readonly file: string;
  /** Resource id of the subscription or resource group that is deployed to. */
  readonly scope: string;
  readonly subscription: string;
  readonly environment: Environment;
}

type Implementation = (given: readonly Value[], place: Place) => Value;

/** Tenant of the subscription that is deployed to. */
export const TENANT = '00000000-0000-0000-0000-00000000000a';

/** Bicep's functions, those that the templates call (https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions). */
export const FUNCTIONS: Readonly<Record<string, Implementation>> = {
  subscription: (_given, { subscription }) => new Known(subscription, '', { id: subscription }),
  tenant: () => ({ tenantId: TENANT }),
  resourceGroup: ([name], { scope, subscription }) => {
    const id = name === undefined ? scope : `${subscription}/resourceGroups/${textOf(name)}`;
    return new Known(id, id.split('/').at(-1) ?? '', { id });
  },
  environment: () => ({
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
    suffixes: { storage: 'core.windows.net', keyvaultDns: '.vault.azure.net' },
  }),
  subscriptionResourceId: ([type, name], { subscription }) =>
    `${subscription}/providers/${textOf(type ?? null)}/${textOf(name ?? null)}`,
  uniqueString: (given) => uniqueString(given.map(textOf)),
  guid: (given) => guid(given.map(textOf)),
  toLower: ([text = null]) => textOf(text).toLowerCase(),
  take: ([text = null, count]) => textOf(text).slice(0, Number(count)),
  replace: ([text = null, from = null, to = null]) => textOf(text).replaceAll(textOf(from), textOf(to)),
  bool: ([text = null]) => textOf(text) === 'true',
  empty: ([value = null]) => sizeOf(value) === 0,
  length: ([value = null]) => sizeOf(value),
  contains: ([holder = null, wanted = null]) => {
    if (isList(holder)) return holder.some((one) => isDeepStrictEqual(one, wanted));
    return isMembers(holder) ? textOf(wanted) in holder : textOf(holder).includes(textOf(wanted));
  },
  concat: (given) => given.flatMap((one) => listOf(one)),
  union: (given) => {
    if (given.every(isMembers)) return Object.assign({}, ...given) as Members;
    const all = given.flatMap((one) => listOf(one));
    return all.filter((one, i) => all.findIndex((other) => isDeepStrictEqual(other, one)) === i);
  },
  items: ([value = null]) => {
    if (!isMembers(value)) throw new Error('items() takes an object.');
    return Object.keys(value)
      .sort()
      .map((key) => ({ key, value: value[key] ?? null }));
  },
  loadJsonContent: ([path = null], place) => JSON.parse(load(path, place)) as Value,
  loadTextContent: ([path = null], place) => load(path, place),
  readEnvironmentVariable: ([name = null, otherwise], { environment }) => {
    const value = environment[textOf(name)] ?? otherwise;
    if (value === undefined) throw new Error(`The environment variable ${textOf(name)} is not set.`);
    return value;
  },
};

/** The constraints that decorators state: what is wrong with a value. */
export const CONSTRAINTS: Readonly<
  Record<string, (value: Value, given: readonly Value[]) => string | undefined>
> = {
  allowed: (value, [list = null]) =>
    listOf(list).some((one) => isDeepStrictEqual(one, value)) ? undefined : 'is not allowed',
  minLength: (value, [least]) => (sizeOf(value) < Number(least) ? 'is too short' : undefined),
  maxLength: (value, [most]) => (sizeOf(value) > Number(most) ? 'is too long' : undefined),
  minValue: (value, [least]) => (Number(value) < Number(least) ? 'is too small' : undefined),
  maxValue: (value, [most]) => (Number(value) > Number(most) ? 'is too big' : undefined),
};

/** Two values by one of Bicep's operators; `??`, `&&` and `||` look at the right one only where they must. */
export function operate(operator: string, left: Value, right: () => Value): Value {
  switch (operator) {
    case '??':
      return left ?? right();
    case '&&':
      return holds(left) && holds(right());
    case '||':
      return holds(left) || holds(right());
    case '==':
      return isDeepStrictEqual(left, right());
    case '!=':
      return !isDeepStrictEqual(left, right());
    case '<=':
      return Number(left) <= Number(right());
    case '+':
      return Number(left) + Number(right());
    default:
      throw new Error(`The operator ${operator} is not known here.`);
  }
}

function load(path: Value, { file }: Place): string {
  return readFileSync(join(dirname(file), textOf(path)), 'utf8');
}

function listOf(value: Value): readonly Value[] {
  if (!isList(value)) throw new Error(`${JSON.stringify(value)} is no list.`);
  return value;
}

function sizeOf(value: Value): number {
  if (value === null) return 0;
  // It will be something.
  if (value instanceof Unknown) return 1;
  if (isList(value)) return value.length;
  return isMembers(value) ? Object.keys(value).length : textOf(value).length;
}
