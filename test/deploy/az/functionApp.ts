import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { SUBSCRIPTION, SUBSCRIPTION_ID } from '../cloud/names.js';
import { upload } from '../cloud/upload.js';
import { subscriptionOf } from './account.js';
import { AzError } from './arguments.js';
import type { Command } from './az.js';

export const FUNCTION_APP: Readonly<Record<string, Command>> = {
  'functionapp deployment source config-zip': {
    options: ['--resource-group', '--name', '--src'],
    async run(given, context, { folder }) {
      const group = given.required('--resource-group');
      const name = given.required('--name');
      const { id } = subscriptionOf(given, context);
      const site = `${SUBSCRIPTION_ID}/resourceGroups/${group}/providers/Microsoft.Web/sites/${name}`;
      const exists = context.cloud.azure.deployments.resources().some((one) => one.id === site);
      if (id !== SUBSCRIPTION || !exists) {
        throw new AzError(
          `(ResourceNotFound) The Resource 'Microsoft.Web/sites/${name}' under resource group '${group}' was not found.`,
          3,
        );
      }
      const files = Object.entries(
        unzipSync(new Uint8Array(readFileSync(resolve(folder, given.required('--src'))))),
      );
      const failed = await upload(context, site, new Map(files));
      if (failed !== undefined) throw new AzError(failed);
      return { active: true, complete: true, id: site, provisioningState: 'Succeeded' };
    },
  },
};
