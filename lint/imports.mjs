/**
 * What each folder of src may import: a list of what is allowed, so that what nobody thought of is refused. Of folders that
 * list is the table of docs/architecture.md, of packages it is here. Part of `npm run lint`; ends with 1 where a file imports
 * something else.
 *
 * An import is resolved to the folder that it ends in, however it is written: `import`, `import type`, `export … from`,
 * `import()`, `require`, a type's `import('…')`, or a detour through another folder.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';
import { tableUnder } from './architecture.mjs';

/**
 * @typedef {object} Allowed packages that one folder may import
 * @property {Packages} packages
 * @property {Record<string, Packages>} [files] packages, and files outside src, that only the files of this name may import, in addition
 */
/** @typedef {Record<string, '*' | string[]>} Packages by name: all that it exports, or these names alone */
/** @typedef {{ line: number, text: string }} Fault */

/** @type {Record<string, Allowed>} */
const PACKAGES = {
  domain: {
    packages: {},
    // Hashing gives the same for the same; the rest of node:crypto is chance.
    files: { 'digest.ts': { 'node:crypto': ['createHash', 'createHmac', 'timingSafeEqual'] } },
  },
  azure: {
    packages: {
      '@azure/core-auth': '*',
      '@azure/core-rest-pipeline': '*',
      '@azure/eventgrid': '*',
      '@azure/identity': '*',
      '@azure/keyvault-secrets': '*',
      zod: '*',
    },
  },
  runtimes: {
    packages: { '@azure/arm-datafactory': '*', '@azure/core-auth': '*', '@azure/core-rest-pipeline': '*' },
  },
  credentials: { packages: {} },
  proofs: { packages: {} },
  config: {
    packages: {
      'node:fs': '*',
      'node:fs/promises': '*',
      'node:path': '*',
      'node:url': '*',
      'node:util': '*',
      yaml: '*',
      zod: '*',
    },
  },
  notifications: { packages: { zod: '*' } },
  durable: { packages: { '@azure/functions': '*', 'durable-functions': '*' } },
  // Replayed: the same history has to give the same calls, so nothing that reads or writes anything.
  orchestrations: {
    packages: {},
    files: { 'durable.ts': { 'durable-functions': '*' }, 'register.ts': { 'durable-functions': '*' } },
  },
  entities: { packages: { 'durable-functions': '*' } },
  activities: {
    packages: { '@azure/core-auth': '*' },
    files: {
      'register.ts': { '@azure/functions': '*', 'durable-functions': '*', 'node:crypto': ['randomBytes'] },
      'cli.ts': { 'node:fs': '*', 'node:path': '*', 'node:util': '*' },
    },
  },
  functions: {
    packages: { '@azure/functions': '*', 'durable-functions': '*', zod: '*' },
    files: {
      // Written before the app is built: only the description's text is in the bundle.
      'describe.ts': { 'zod-openapi': '*' },
      'openApi.ts': { 'schema/openapi.json': '*' },
      'register.ts': { 'node:crypto': ['randomBytes'] },
    },
  },
  'main.ts': {
    packages: { '@azure/functions': '*', 'node:crypto': ['randomBytes'] },
  },
};

/**
 * Folders of src that hold a port and, in a folder each, its kinds: the file that lists the kinds. Nothing else imports one, and no
 * kind another.
 *
 * @type {Record<string, string>}
 */
const KINDS = { runtimes: 'kinds.ts', credentials: 'strategies.ts', proofs: 'proofs.ts' };

/** By folder of src: those that it may import. */
const FOLDERS = new Map(tableUnder('Folders').map(([[folder = ''] = [], others = []]) => [folder, others]));

/**
 * Says what a file of src imports and may not.
 *
 * @param {string} path of the file from the project's folder, with slashes
 * @param {string} text what is in it
 * @returns {Fault[]}
 */
export function faultsOf(path, text) {
  const folder = folderOf(path);
  const allowed = PACKAGES[folder];
  const folders = FOLDERS.get(folder);
  if (!allowed || !folders) {
    const where = allowed ? 'docs/architecture.md' : 'lint/imports.mjs';
    return [{ line: 1, text: `src/${folder} is not in ${where}: say there what it may import` }];
  }
  return importsOf(path, text).flatMap(({ start, from, names }) => {
    const problem =
      from === undefined
        ? 'what is imported has to be written as a plain text'
        : problemOf(path, folder, { folders, ...allowed }, from, names);
    if (problem === undefined) return [];
    return [{ line: text.slice(0, start).split('\n').length, text: problem }];
  });
}

/**
 * @param {string} path
 * @param {string} folder
 * @param {Allowed & { folders: string[] }} allowed
 * @param {string} from
 * @param {string[] | undefined} names
 */
function problemOf(path, folder, allowed, from, names) {
  if (/^[./]/.test(from)) {
    const target = posix.join(posix.dirname(path), from);
    if (from.startsWith('/') || !target.startsWith('src/')) {
      return allowed.files?.[posix.basename(path)]?.[target] ? undefined : `${from} is not in src`;
    }
    const other = folderOf(target.replace(/\.js$/, '.ts'));
    const kind = kindOf(target);
    if (kind !== undefined && kind !== kindOf(path) && path !== `src/${other}/${KINDS[other]}`) {
      return `${kind} is a kind: only src/${other}/${KINDS[other]} may import it (${from})`;
    }
    if (other === folder || allowed.folders.includes(other)) return undefined;
    return `src/${folder} may not import src/${other} (${from}); besides its own: ${listOf(allowed.folders.map((one) => `src/${one}`))}`;
  }
  const packages = { ...allowed.packages, ...allowed.files?.[posix.basename(path)] };
  const exported = packages[packageOf(from)];
  if (exported === undefined)
    return `${path} may not import ${from}; packages that it may: ${listOf(Object.keys(packages))}`;
  if (exported === '*' || names?.every((name) => exported.includes(name))) return undefined;
  return `of ${from} ${path} may import by name, and only ${listOf(exported)}`;
}

/**
 * All imports of a file, in their order. `from` is missing where it is no plain text, `names` where all is imported.
 *
 * @param {string} path
 * @param {string} text
 */
export function importsOf(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  /** @type {{ start: number, from: string | undefined, names: string[] | undefined }[]} */
  const found = [];
  /**
   * @param {{ start: number }} node
   * @param {unknown} source
   * @param {string[]} [names]
   */
  const add = ({ start }, source, names) => found.push({ start, from: textOf(source), names });
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source, node.specifiers.map(nameOf)),
    ExportNamedDeclaration(node) {
      if (node.source)
        add(
          node,
          node.source,
          node.specifiers.map(({ local }) => identifierOf(local)),
        );
    },
    ExportAllDeclaration: (node) => add(node, node.source),
    ImportExpression: (node) => add(node, node.source),
    TSImportType: (node) => add(node, node.source),
    TSExternalModuleReference: (node) => add(node, node.expression),
    CallExpression(node) {
      if (['require', 'getBuiltinModule'].includes(calledName(node.callee))) add(node, node.arguments[0]);
    },
  }).visit(program);
  return found.toSorted((left, right) => left.start - right.start);
}

/**
 * The imported name; `*` for a namespace.
 *
 * @param {import('oxc-parser').ImportDeclarationSpecifier} specifier
 */
function nameOf(specifier) {
  if (specifier.type === 'ImportSpecifier') return identifierOf(specifier.imported);
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*';
}

/** @param {import('oxc-parser').ModuleExportName} name */
function identifierOf(name) {
  return name.type === 'Literal' ? name.value : name.name;
}

/** @param {import('oxc-parser').Expression} callee */
function calledName(callee) {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression') return '';
  return callee.property.type === 'Identifier' ? callee.property.name : (textOf(callee.property) ?? '');
}

/**
 * The text of a literal, or of a template without a gap.
 *
 * @param {unknown} node
 */
function textOf(node) {
  const { type, value, quasis } =
    /** @type {{ type?: string, value?: unknown, quasis?: { value: { cooked: string } }[] }} */ (node ?? {});
  if (type === 'Literal' && typeof value === 'string') return value;
  if (type === 'TemplateLiteral' && quasis?.length === 1) return quasis[0]?.value.cooked;
  return undefined;
}

/** @param {string} path below src */
function folderOf(path) {
  return path.split('/')[1] ?? '';
}

/**
 * The folder of the kind that a file belongs to; none: `undefined`.
 *
 * @param {string} path below src
 */
function kindOf(path) {
  const [src, folder = '', kind, ...within] = path.split('/');
  return KINDS[folder] !== undefined && within.length > 0 ? `${src}/${folder}/${kind}` : undefined;
}

/** @param {string} from as it is imported */
function packageOf(from) {
  if (from.startsWith('node:')) return from;
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string[]} names */
function listOf(names) {
  return names.length === 0 ? 'nothing' : names.join(', ');
}

function main() {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .sort();
  const faults = files.flatMap((path) =>
    faultsOf(path, readFileSync(join(root, path), 'utf8')).map(
      ({ line, text }) => `${path}:${line}: ${text}`,
    ),
  );
  for (const fault of faults) console.error(fault);
  console.log(`imports: ${files.length} files of src, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
