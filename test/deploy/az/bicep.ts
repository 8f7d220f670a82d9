import { resolve } from 'node:path';
import { declaredParameters, parametersOf } from '../../infra/evaluate/deploy.js';
import { AzError } from './arguments.js';
import type { Command } from './az.js';

export const BICEP: Readonly<Record<string, Command>> = {
  'bicep build-params': {
    options: ['--file', '--stdout'],
    async run(given, _scene, { folder, environment }) {
      const file = resolve(folder, given.required('--file'));
      if (!given.has('--stdout') || !file.endsWith('/infra/main.bicepparam')) {
        throw new Error('az bicep build-params is known here with infra/main.bicepparam and --stdout.');
      }
      return `${JSON.stringify(buildParameters(resolve(file, '../..'), environment))}\n`;
    },
  },
};

/** What the compiler prints; of the template the parameters alone. Throws what it says of values that cannot be read. */
function buildParameters(
  folder: string,
  environment: Readonly<Record<string, string>>,
): { readonly templateJson: string; readonly parametersJson: string } {
  try {
    const values = Object.entries(parametersOf(folder, environment));
    const parameters = Object.fromEntries(values.map(([name, value]) => [name, { value }]));
    return {
      templateJson: JSON.stringify({ parameters: declaredParameters(folder), definitions: {} }),
      parametersJson: JSON.stringify({
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
        contentVersion: '1.0.0.0',
        parameters,
      }),
    };
  } catch (error) {
    throw new AzError(
      `${folder}/infra/main.bicepparam : Error BCP338: ${error instanceof Error ? error.message : error}`,
    );
  }
}
