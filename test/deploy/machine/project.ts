/** The user's project: a copy of this one with the values that a user sets before deploying. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFile } from '../../../local/project.js';
import { READER, READER_OBJECT_ID, TENANT } from '../cloud/names.js';

/** What is in the repository and is used on the way; the tests, for example, are not. */
const COPIED = [
  '.github/workflows/deploy.yml',
  'azure.yaml',
  'examples',
  'host.json',
  'infra',
  'LICENSE',
  'package.json',
  'scripts',
];
/** What is built here, not there: `npm run build` of the rehearsal's own project made it. */
const BUILT = ['build', 'dist'];

/** A change of one text in a file of the project; throws where the text is not there. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The user's values, as far as the example's do not fit as they are. */
const VALUES: readonly Edit[] = [
  {
    file: 'airlock.yaml',
    from: 'tenantId: 11111111-1111-1111-1111-111111111111',
    to: `tenantId: ${TENANT}`,
  },
  {
    file: 'airlock.yaml',
    from: 'clientId: 22222222-2222-2222-2222-222222222222',
    to: `clientId: ${READER}`,
  },
  {
    file: 'airlock.yaml',
    from: '# rotation: { strategy: graph }',
    to: 'rotation: { strategy: graph }',
  },
  {
    file: 'infra/main.bicepparam',
    from: "    minted: []\n    external: ['airflow-sp']\n",
    to: "    minted: ['airflow-sp']\n    external: []\n",
  },
  {
    file: 'infra/main.bicepparam',
    from: "    readers: ['00000000-0000-0000-0000-000000000000']\n",
    to: `    readers: ['${READER_OBJECT_ID}']\n`,
  },
];

/** Makes the user's repository in a new folder. Without node_modules: that is for `npm ci`. */
export function checkOut(folder: string, edits: readonly Edit[] = []): void {
  for (const path of COPIED) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(projectFile(path), join(folder, path), { recursive: true });
  }
  for (const path of BUILT) symlinkSync(projectFile(path), join(folder, path));
  cpSync(join(folder, 'examples', 'airlock.yaml'), join(folder, 'airlock.yaml'));
  for (const edit of [...VALUES, ...edits]) applyEdit(folder, edit);
}

/** Changes one text; it must be there exactly once. */
export function applyEdit(folder: string, { file, from, to }: Edit): void {
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} has this text ${parts.length - 1} times, and should have it once:\n${from}`);
  }
  writeFileSync(path, parts.join(to));
}

/** What the workflow's checkout does: the files of the user's repository, without what git ignores. */
export function copyRepository(folder: string, target: string): void {
  for (const path of [...COPIED, ...BUILT, 'airlock.yaml']) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(folder, path), join(target, path), { recursive: true, verbatimSymlinks: true });
  }
}

/** What `npm ci` does: the modules are there afterwards. */
export function installModules(folder: string): void {
  symlinkSync(projectFile('node_modules'), join(folder, 'node_modules'));
}
