/** Which operations of Resource Manager a configuration needs on data factories, and what for. */
import type { Profile } from '../../domain/configuration/profile.js';
import type { ControlNeed } from '../../domain/preflight/needs.js';
import type { FactoryNames } from './resourceId.js';

const FACTORIES = 'Microsoft.DataFactory/factories';
export const READ_FACTORIES = `${FACTORIES}/read`;
export const READ_RUNTIMES = `${FACTORIES}/integrationRuntimes/read`;
export const WRITE_RUNTIMES = `${FACTORIES}/integrationRuntimes/write`;
export const IMPORT_DAGS = `${FACTORIES}/airflow/sync/action`;

/** What listing the factories of a pattern needs; nothing where it names its factory in full. */
export function listingNeed({ subscription, resourceGroup, factory }: FactoryNames): ControlNeed | undefined {
  if (!resourceGroup.includes('*') && !factory.includes('*')) return undefined;
  return {
    action: READ_FACTORIES,
    scope: resourceGroup.includes('*')
      ? `/subscriptions/${subscription}`
      : `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`,
    why: 'find the factories that a profile matches',
  };
}

/** What the app does with the runtimes of a factory, for the profiles that match some of them. */
export function factoryNeeds(factoryId: string, profiles: readonly Profile[]): readonly ControlNeed[] {
  const need = (operation: string, why: string): ControlNeed => ({
    action: `${FACTORIES}/${operation}`,
    scope: factoryId,
    why,
  });
  return [
    need('integrationRuntimes/read', 'read and list runtimes'),
    need('integrationRuntimes/write', 'write the settings of runtimes'),
    ...(profiles.some(({ access }) => access.importDags)
      ? [need('airflow/sync/action', 'import the DAG folder')]
      : []),
  ];
}
