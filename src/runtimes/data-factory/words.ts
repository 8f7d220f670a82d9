import type { RuntimeWords } from '../../domain/values/runtimeWords.js';

/** What people call things in Data Factory. */
export const WORDS: RuntimeWords = {
  runtime: 'integration runtime',
  portal: 'Data Factory Studio',
  service: 'Resource Manager',
  webUrl: 'airflowWebUrl',
  byHand: 'https://learn.microsoft.com/azure/data-factory/enable-azure-key-vault',
  id: 'the resource id of an integration runtime',
  idShape:
    '/subscriptions/…/resourceGroups/…/providers/Microsoft.DataFactory/factories/…/integrationRuntimes/…',
  nameShape: 'factory/name',
  settings: {
    environment: 'airflowEnvironmentVariables',
    overrides: 'airflowConfigurationOverrides',
    requirements: 'airflowRequirements',
  },
};
