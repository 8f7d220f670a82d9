/**
 * Evaluates templates as Resource Manager would deploy them: which resources, where, with what. It needs nothing but Node:
 * it knows what the templates use and throws at the rest. Types it does not check; the compiler does.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFile } from '../../../local/project.js';
import { CONSTRAINTS, type Environment, FUNCTIONS, operate, type Place } from './functions.js';
import { parse } from './parse.js';
import type { Expression, Statement } from './syntax.js';
import { holds, isList, isMembers, Known, type Members, memberOf, textOf, type Value } from './values.js';

export interface Deployed {
  /** For example `Microsoft.Storage/storageAccounts`. */
  readonly type: string;
  readonly apiVersion: string;
  readonly id: string;
  /** Without its parent's. */
  readonly name: string;
  /** Resource id of the group or subscription; of an extension resource, such as a role assignment, of what it is on. */
  readonly scope: string;
  /** What Resource Manager is sent: `location`, `properties` and so on. */
  readonly body: Members;
}

export interface Deployment {
  readonly resources: readonly Deployed[];
  /** Of main.bicep, by name. */
  readonly outputs: Members;
}

/** What is written in a resource and not sent. */
const NOT_SENT: readonly string[] = ['name', 'parent', 'scope', 'dependsOn'];

/** What is deployed to, by its resource id. */
export const SUBSCRIPTION = '/subscriptions/33333333-3333-3333-3333-333333333333';

/** What main.bicepparam reads, once the app is deployed. */
export const SECOND_STEP: Environment = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'westeurope',
  AIRLOCK_SUBSCRIBE: 'true',
};

/** The resources of `deployWithOutputs`. */
export function deploy(over: Members = {}, environment: Environment = {}): readonly Deployed[] {
  return deployWithOutputs(over, environment).resources;
}

/**
 * Deploys infra/main.bicep with the values of main.bicepparam. Throws where a parameter breaks its constraints.
 *
 * @param over parameters that take the place of those
 */
export function deployWithOutputs(over: Members = {}, environment: Environment = {}): Deployment {
  const place: Place = {
    file: projectFile('infra', 'main.bicepparam'),
    scope: SUBSCRIPTION,
    subscription: SUBSCRIPTION,
    environment: { ...SECOND_STEP, ...environment },
  };
  const given: Record<string, Value> = {};
  for (const { keyword, name, value } of parse(readFileSync(place.file, 'utf8'), 'main.bicepparam')) {
    // What airlock.yaml will be there: a copy of the example.
    if (name === 'configuration') given[name] = readFileSync(projectFile('examples', 'airlock.yaml'), 'utf8');
    else if (keyword === 'param' && value) given[name] = new Template([], place, {}).valueOf(value);
  }
  const file = projectFile('infra', 'main.bicep');
  const { resources, outputs } = deployFile({ ...place, file }, { ...given, ...over });
  return { resources, outputs: outputs.allOutputs() };
}

/** The values of infra/main.bicepparam in a folder, with the files and the environment variables that it reads. */
export function parametersOf(folder: string, environment: Environment): Members {
  const place = placeIn(folder, environment);
  const values = parse(readFileSync(place.file, 'utf8'), 'main.bicepparam').flatMap(
    ({ keyword, name, value }) =>
      keyword === 'param' && value ? [[name, new Template([], place, {}).valueOf(value)] as const] : [],
  );
  return Object.fromEntries(values);
}

/** The parameters that infra/main.bicep in a folder declares, as the compiled template has them, types left out. */
export function declaredParameters(folder: string): Readonly<Record<string, Members>> {
  const place = { ...placeIn(folder, {}), file: join(folder, 'infra', 'main.bicep') };
  const template = new Template([], place, {});
  const declared = parse(readFileSync(place.file, 'utf8'), 'main.bicep').flatMap((statement) => {
    if (statement.keyword !== 'param') return [];
    const constraints = statement.decorators.flatMap((decorator) => {
      if (decorator.kind !== 'call' || CONSTRAINTS[decorator.name] === undefined) return [];
      const [value = null] = decorator.given.map((one) => template.valueOf(one));
      return [[decorator.name === 'allowed' ? 'allowedValues' : decorator.name, value] as const];
    });
    const { name, value } = statement;
    const defaultValue = value ? { defaultValue: template.valueOf(value) } : {};
    return [[name, { ...defaultValue, ...Object.fromEntries(constraints) }] as const];
  });
  return Object.fromEntries(declared);
}

/** Deploys infra/main.bicep in a folder with the values of `parametersOf`. Throws as `deployWithOutputs` does. */
export function deployProject(folder: string, environment: Environment): Deployment {
  const place = { ...placeIn(folder, environment), file: join(folder, 'infra', 'main.bicep') };
  const { resources, outputs } = deployFile(place, parametersOf(folder, environment));
  return { resources, outputs: outputs.allOutputs() };
}

function placeIn(folder: string, environment: Environment): Place {
  const file = join(folder, 'infra', 'main.bicepparam');
  return { file, scope: SUBSCRIPTION, subscription: SUBSCRIPTION, environment };
}

function deployFile(place: Place, given: Members): { resources: readonly Deployed[]; outputs: Template } {
  const path = place.file.replaceAll('\\', '/').replace(/^.*\/infra\//, '');
  const template = new Template(parse(readFileSync(place.file, 'utf8'), path), place, given);
  try {
    template.deployAll();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`);
  }
  return { resources: template.resources, outputs: template };
}

class Template {
  readonly resources: Deployed[] = [];
  readonly #statements: ReadonlyMap<string, Statement>;
  readonly #outputs: ReadonlyMap<string, Expression | undefined>;
  readonly #values = new Map<string, Value>();

  constructor(
    statements: readonly Statement[],
    private readonly place: Place,
    private readonly given: Members,
  ) {
    const named = statements.filter(({ keyword }) =>
      ['param', 'var', 'resource', 'module'].includes(keyword),
    );
    this.#statements = new Map(named.map((statement) => [statement.name, statement]));
    if (this.#statements.size < named.length) throw new Error('A name is declared twice.');
    this.#outputs = new Map(
      statements.filter(({ keyword }) => keyword === 'output').map(({ name, value }) => [name, value]),
    );
  }

  deployAll(): void {
    const unknown = Object.keys(this.given).filter((name) => this.#statements.get(name)?.keyword !== 'param');
    if (unknown.length > 0) throw new Error(`There is no parameter ${unknown.join(', ')}.`);
    for (const name of this.#statements.keys()) this.#named(name);
    this.allOutputs();
  }

  allOutputs(): Members {
    return Object.fromEntries([...this.#outputs.keys()].map((name) => [name, this.output(name)]));
  }

  output(name: string): Value {
    const value = this.#outputs.get(name);
    if (value === undefined) throw new Error(`There is no output ${name} in ${this.place.file}.`);
    return this.valueOf(value);
  }

  valueOf(expression: Expression, locals: Members = {}): Value {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'text':
        return expression.parts
          .map((part) => (typeof part === 'string' ? part : textOf(this.valueOf(part, locals))))
          .join('');
      case 'name':
        return locals[expression.name] ?? this.#named(expression.name);
      case 'array':
        return expression.items.map((item) => this.valueOf(item, locals));
      case 'object':
        return Object.fromEntries(
          expression.members.map(([key, value]) => [
            textOf(this.valueOf(key, locals)),
            this.valueOf(value, locals),
          ]),
        );
      case 'for':
        return this.#each(expression, locals, (body, inner) => this.valueOf(body, inner));
      case 'if':
        return holds(this.valueOf(expression.condition, locals))
          ? this.valueOf(expression.body, locals)
          : null;
      case 'choice':
        return this.valueOf(
          holds(this.valueOf(expression.condition, locals)) ? expression.yes : expression.no,
          locals,
        );
      case 'not':
        return !holds(this.valueOf(expression.of, locals));
      case 'binary':
        return operate(expression.operator, this.valueOf(expression.left, locals), () =>
          this.valueOf(expression.right, locals),
        );
      case 'call': {
        const call = FUNCTIONS[expression.name];
        if (call === undefined) throw new Error(`There is no function ${expression.name}.`);
        return call(
          expression.given.map((one) => this.valueOf(one, locals)),
          this.place,
        );
      }
      case 'member':
        return outputOrMember(
          this.valueOf(expression.of, locals),
          this.valueOf(expression.name, locals),
          expression.safe,
        );
    }
  }

  #each<T>(
    { item, index, over, body }: Extract<Expression, { kind: 'for' }>,
    locals: Members,
    then: (body: Expression, locals: Members) => T,
  ): T[] {
    const list = this.valueOf(over, locals);
    if (!isList(list)) throw new Error('A loop goes over a list.');
    return list.map((one, i) => then(body, { ...locals, [item]: one, ...(index ? { [index]: i } : {}) }));
  }

  #named(name: string): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const statement = this.#statements.get(name);
    if (statement === undefined) throw new Error(`There is no ${name}.`);
    const value = this.#declared(statement);
    this.#values.set(name, value);
    return value;
  }

  #declared(statement: Statement): Value {
    const { keyword, name, value } = statement;
    if (keyword === 'param') return this.#parameter(statement);
    if (value === undefined) throw new Error(`${name} has no value.`);
    if (keyword === 'var') return this.valueOf(value);
    const make = (body: Expression, locals: Members): Value => {
      if (body.kind === 'if' && !holds(this.valueOf(body.condition, locals))) {
        return statement.existing || keyword === 'module' ? null : new Known(`not deployed: ${name}`, '');
      }
      const members = this.valueOf(body.kind === 'if' ? body.body : body, locals);
      if (!isMembers(members)) throw new Error(`${name} is no object.`);
      return keyword === 'module' ? this.#module(statement, members) : this.#resource(statement, members);
    };
    return value.kind === 'for' ? this.#each(value, {}, make) : make(value, {});
  }

  #parameter({ name, value, decorators }: Statement): Value {
    const given = this.given[name] ?? (value ? this.valueOf(value) : undefined);
    if (given === undefined) throw new Error(`The parameter ${name} is missing.`);
    for (const decorator of decorators) {
      if (decorator.kind !== 'call') continue;
      const wrong = CONSTRAINTS[decorator.name]?.(
        given,
        decorator.given.map((one) => this.valueOf(one)),
      );
      if (wrong !== undefined) throw new Error(`The parameter ${name} ${wrong}.`);
    }
    return given;
  }

  #resource({ refersTo = '', existing }: Statement, body: Members): Known {
    const [type = '', apiVersion = ''] = refersTo.split('@');
    const name = textOf(body['name'] ?? null);
    const { parent, scope } = body;
    const around = scope instanceof Known ? scope.id : this.place.scope;
    const id =
      parent instanceof Known
        ? `${parent.id}/${type.split('/').at(-1)}/${name}`
        : type === 'Microsoft.Resources/resourceGroups'
          ? `${this.place.subscription}/resourceGroups/${name}`
          : `${around}/providers/${type}/${name}`;
    // Null is sent for a property; `identity: null` and the like are left out.
    const sent = Object.entries(body).filter(
      ([member, value]) => !NOT_SENT.includes(member) && value !== null,
    );
    if (!existing) {
      this.resources.push({ type, apiVersion, id, name, scope: around, body: Object.fromEntries(sent) });
    }
    return new Known(id, name, body);
  }

  #module({ refersTo = '' }: Statement, { name = null, scope, params = {} }: Members): Known {
    const file = join(dirname(this.place.file), refersTo);
    const inner = scope instanceof Known ? scope.id : this.place.scope;
    const type = 'Microsoft.Resources/deployments';
    const id = `${inner}/providers/${type}/${textOf(name)}`;
    this.resources.push({ type, apiVersion: '', id, name: textOf(name), scope: inner, body: {} });
    const { resources, outputs } = deployFile(
      { ...this.place, file, scope: inner },
      isMembers(params) ? params : {},
    );
    this.resources.push(...resources);
    return new ModuleResult(outputs);
  }
}

/** A module that is deployed: its outputs are asked for by name. */
class ModuleResult extends Known {
  constructor(readonly template: Template) {
    super('', '');
  }
}

class Outputs extends Known {
  constructor(readonly template: Template) {
    super('', '');
  }
}

function outputOrMember(of: Value, key: Value, safe: boolean): Value {
  if (of instanceof Outputs) return of.template.output(textOf(key));
  if (of instanceof ModuleResult && key === 'outputs') return new Outputs(of.template);
  return memberOf(of, key, safe);
}
