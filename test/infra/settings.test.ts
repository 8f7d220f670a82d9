import { expect, it } from 'vitest';
import { APP_SETTINGS } from '../../src/config/appSettings.js';
import { declared, keysOf, readBicep } from './bicep.js';

const app = readBicep('modules/functionApp.bicep');

function settingsOf(variable: string): string[] {
  return keysOf(declared(app, 'var').get(variable)?.code ?? '', variable);
}

/** What the host reads by itself; the app's table names it by its first word. */
const ofPlatform: Readonly<Record<string, string>> = {
  AzureWebJobsStorage__accountName: 'AzureWebJobsStorage',
  AzureWebJobsStorage__credential: 'AzureWebJobsStorage',
  AzureWebJobsStorage__clientId: 'AzureWebJobsStorage',
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
};

/** What Azure sets: Flex Consumption refuses the first, App Service authentication sets the second. */
const setByAzure = ['FUNCTIONS_WORKER_RUNTIME', 'WEBSITE_AUTH_ENABLED'];

it('the templates set exactly the app settings that the app reads', () => {
  const set = settingsOf('baseSettings').map((name) => ofPlatform[name] ?? name);
  const read = APP_SETTINGS.map(({ name }) => name).filter((name) => !setByAzure.includes(name));

  expect([...new Set(set)].sort()).toEqual([...read].sort());
});

it('the task scheduler takes the place of what host.json names', () => {
  expect(settingsOf('schedulerSettings')).toEqual([
    'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
    'AzureFunctionsJobHost__extensions__durableTask__hubName',
    'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type',
    'AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName',
  ]);
});
