/** Faults, each put into a copy of the templates: whoever does not find them all finds nothing for sure. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Copy, sourcesOf } from './copy.js';

export interface Mutant {
  readonly name: string;
  /** Path below infra/. */
  readonly file: string;
  /** What stands there, once at least: the first is changed. */
  readonly find: RegExp;
  readonly put: string;
  /** What finds it. */
  readonly by: 'lint' | 'format' | 'rules' | 'snapshot';
  /** One of these words is in the line that names it: the code of the compiler's message, for example. */
  readonly says: RegExp;
  /** The line that is named, where it is another than the changed one. */
  readonly at?: RegExp;
}

const STORAGE = 'modules/storageAccount.bicep';
const APP = 'modules/functionApp.bicep';
const PARAMETERS = 'main.bicepparam';

/** https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-core-diagnostics has what the codes mean. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a misspelled property',
    file: STORAGE,
    find: /allowSharedKeyAccess:/,
    put: 'allowSharedKeysAccess:',
    by: 'lint',
    says: /BCP(?:037|089)/,
  },
  {
    name: 'a property in the wrong object',
    file: APP,
    find: /httpsOnly: true/,
    put: "minTlsVersion: '1.2'",
    by: 'lint',
    says: /BCP037/,
  },
  {
    name: 'a text in place of a boolean',
    file: APP,
    find: /httpsOnly: true/,
    put: "httpsOnly: 'true'",
    by: 'lint',
    says: /BCP036/,
  },
  {
    name: 'a number in place of a text',
    file: STORAGE,
    find: /minimumTlsVersion: '\w+'/,
    put: 'minimumTlsVersion: 12',
    by: 'lint',
    says: /BCP036/,
  },
  {
    name: 'an unknown choice',
    file: STORAGE,
    find: /'Deny' : 'Allow'/,
    put: "'Deny' : 'Block'",
    by: 'lint',
    says: /BCP036/,
  },
  {
    name: 'a property that Azure sets',
    file: STORAGE,
    find: /allowBlobPublicAccess: false/,
    put: "provisioningState: 'Succeeded'",
    by: 'lint',
    says: /BCP073/,
  },
  {
    name: 'a required property left out',
    file: STORAGE,
    find: / *kind: 'StorageV2'\n/,
    put: '',
    by: 'lint',
    says: /BCP035/,
    at: /^resource account /m,
  },
  {
    name: 'a list in place of an object',
    file: STORAGE,
    find: /sku: \{[^}]*\}/,
    put: 'sku: [sku]',
    by: 'lint',
    says: /BCP036/,
  },
  {
    name: 'a type that does not exist',
    file: STORAGE,
    find: /queueServices\/queues@/,
    put: 'queueServices/queue@',
    by: 'lint',
    says: /BCP081/,
  },
  {
    name: 'a version that does not exist',
    file: STORAGE,
    find: /(storageAccounts)@[\d-]+/,
    put: '$1@2026-06-02',
    by: 'lint',
    says: /BCP081/,
  },
  {
    name: 'an old version',
    file: 'modules/topic.bicep',
    find: /(EventGrid\/topics)@[\d-]+/,
    put: '$1@2022-06-15',
    by: 'lint',
    says: /use-recent-api-versions/,
  },
  {
    name: 'the version before the newest, of what exists',
    file: 'modules/operatorVaultAccess.bicep',
    find: /(KeyVault\/vaults)@[\d-]+/,
    put: '$1@2026-02-01',
    by: 'lint',
    says: /use-recent-api-versions/,
  },
  {
    name: 'a parameter that nothing uses',
    file: STORAGE,
    find: /^param location string$/m,
    put: "param location string\nparam idle string = ''",
    by: 'lint',
    says: /no-unused-params/,
    at: /^param idle /m,
  },
  {
    name: 'a variable that nothing uses',
    file: APP,
    find: /^resource app /m,
    put: "var idle = ''\nresource app ",
    by: 'lint',
    says: /no-unused-vars/,
  },
  {
    name: 'a parameter that the module does not have',
    file: 'main.bicep',
    find: /sku: storageSku/,
    put: 'tier: storageSku',
    by: 'lint',
    says: /BCP037/,
  },
  {
    name: 'a parameter of the wrong type',
    file: 'main.bicep',
    find: /privateOnly: privateEndpoints/,
    put: "privateOnly: 'yes'",
    by: 'lint',
    says: /BCP036/,
  },
  {
    name: 'an output that the module does not have',
    file: 'main.bicep',
    find: /identities\.outputs\.appId\b/,
    put: 'identities.outputs.identityId',
    by: 'lint',
    says: /BCP053/,
  },
  {
    name: 'an address of one cloud',
    file: APP,
    find: /\$\{environment\(\)\.authentication\.loginEndpoint\}/,
    put: 'https://login.microsoftonline.com/',
    by: 'lint',
    says: /no-hardcoded-env-urls/,
  },
  {
    name: 'an unknown choice among the parameters',
    file: PARAMETERS,
    find: /^param eventSource = .*/m,
    put: "param eventSource = 'groups'",
    by: 'lint',
    says: /BCP(?:033|036)/,
  },
  {
    name: 'a parameter that the template does not have',
    file: PARAMETERS,
    find: /^param alertEmails = /m,
    put: 'param surplus = 1\nparam alertEmails = ',
    by: 'lint',
    says: /BCP259/,
  },
  {
    name: 'a misspelled member of a parameter',
    file: PARAMETERS,
    find: /^ {4}factory:/m,
    put: '    factoryName:',
    by: 'lint',
    says: /BCP(?:037|089)/,
  },
  {
    name: 'a line that is not in the format',
    file: STORAGE,
    find: /^ {2}tags: tags$/m,
    put: '   tags:  tags',
    by: 'format',
    says: /format/,
  },
  {
    name: 'a list without a type',
    file: STORAGE,
    find: /^param queues string\[\]$/m,
    put: 'param queues array',
    by: 'rules',
    says: /array-without-type/,
  },
  {
    name: 'a name by position',
    file: STORAGE,
    find: /for container in containers: \{\n( *)parent: blobs\n *name: container/,
    put: `for (container, n) in containers: {\n$1parent: blobs\n$1name: '\${container}-\${n}'`,
    by: 'rules',
    says: /name-by-position/,
    at: /\$\{n\}/,
  },
  {
    name: 'another value',
    file: STORAGE,
    find: /minimumTlsVersion: '\w+'/,
    put: "minimumTlsVersion: 'TLS1_0'",
    by: 'snapshot',
    says: /^ *properties\.minimumTlsVersion: "TLS1_2" is now "TLS1_0"$/,
  },
];

/** The beginning of a message that names a line, for example `infra/main.bicep(12`. */
export type Place = string;

/** Puts the fault into a copy. Throws where the templates do not have what it changes any more. */
export function breakIn({ folder }: Copy, { name, file, find, put, at }: Mutant): Place {
  const path = join(folder, 'infra', file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(find, put);
  if (after === before) {
    throw new Error(`infra/${file} has no ${find} any more: choose what "${name}" breaks instead.`);
  }
  writeFileSync(path, after);
  return `infra/${file}(${at === undefined ? firstChanged(before, after) : lineOf(after, at)}`;
}

/** Makes every resource's version an old one. Gives the places of all of them. */
export function ageEveryVersion(copy: Copy): readonly Place[] {
  return sourcesOf(copy).flatMap(({ path, text }) => {
    const aged = text.replace(/^(resource \w+ '[^'@]+@)[\d-]+/gm, '$12020-06-01');
    writeFileSync(join(copy.folder, 'infra', path), aged);
    const lines = aged.split('\n');
    return lines.flatMap((line, i) => (line.startsWith('resource ') ? [`infra/${path}(${i + 1}`] : []));
  });
}

function firstChanged(before: string, after: string): number {
  const lines = before.split('\n');
  return after.split('\n').findIndex((line, i) => line !== lines[i]) + 1;
}

function lineOf(text: string, pattern: RegExp): number {
  return text.slice(0, text.search(pattern)).split('\n').length;
}
