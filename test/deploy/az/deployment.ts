import { resolve } from 'node:path';
import { deployTemplates } from '../cloud/deployTemplates.js';
import { SUBSCRIPTION, SUBSCRIPTION_ID } from '../cloud/names.js';
import type { Variables } from '../machine/machine.js';
import { subscriptionOf } from './account.js';
import { AzError } from './arguments.js';
import type { Command } from './az.js';

export const DEPLOYMENT: Readonly<Record<string, Command>> = {
  'deployment sub create': {
    options: ['--name', '--location', '--parameters', '--template-file'],
    async run(given, context, { folder, environment }) {
      const parameters = resolve(folder, given.required('--parameters'));
      if (!parameters.endsWith('/infra/main.bicepparam')) {
        throw new Error(
          `az deployment sub create is known here with infra/main.bicepparam, not ${parameters}.`,
        );
      }
      if (subscriptionOf(given, context).id !== SUBSCRIPTION) {
        throw new AzError("(ResourceGroupNotFound) Resource group 'rg-sales' could not be found.");
      }
      const name = given.required('--name');
      const target = {
        folder: resolve(parameters, '../..'),
        name,
        location: given.required('--location'),
        environment,
      };
      const result = await deployTemplates(context, target);
      if (!result.succeeded) throw new AzError(JSON.stringify({ status: 'Failed', error: result.error }));
      const outputs = Object.entries(context.faults.mangleOutputs ? mangled(result.outputs) : result.outputs);
      return {
        id: `${SUBSCRIPTION_ID}/providers/Microsoft.Resources/deployments/${name}`,
        name,
        properties: {
          outputs: Object.fromEntries(outputs.map(([output, value]) => [output, { type: 'String', value }])),
          provisioningState: 'Succeeded',
        },
        type: 'Microsoft.Resources/deployments',
      };
    },
  },
};

/** `AIRLOCK_URL` comes back as `airlocK_URL`: small letters up to the last one before the first underscore. */
function mangled(outputs: Variables): Variables {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name.replace(/^[A-Z]+(?=[A-Z]_)/, (start) => start.toLowerCase()),
      value,
    ]),
  );
}
