import { describe, expect, it } from 'vitest';
import { FACTORY_ID, OPERATOR_VAULT, TENANT, vaultHost, vaultId } from '../../local/sample/names.js';
import { subscribe } from '../../local/sample/seed.js';
import { type GridEvent, resourceEvent, secretEvent, toWire } from '../../local/services/eventGrid/events.js';
import type { NewEventSubscription } from '../../local/services/eventGrid/subscriptions.js';
import { judgeSecretEvent } from '../../src/domain/events/secretEvents.js';
import { pendingSecret } from '../../src/domain/rotation/pending.js';
import { KINDS } from '../../src/runtimes/kinds.js';
import { runtimeId, writeEvent } from '../integration/app/harness.js';
import { credentialFilter, mostNames, passes, subscriptionsOf } from './filters.js';

const TIME = '2026-11-24T12:00:00Z';
const GROUP = FACTORY_ID.replace(/\/providers\/.*$/, '');

/** An event as each schema sends it. */
function wires(event: GridEvent): object[] {
  const [eventGrid] = JSON.parse(toWire(event, 'EventGridSchema').body) as object[];
  return [eventGrid ?? {}, JSON.parse(toWire(event, 'CloudEventSchemaV1_0').body) as object];
}

function onResource(
  resourceId: string,
  resourceType: string,
  change: 'write' | 'delete' | 'action',
): object[] {
  const actor = { clientId: TENANT, objectId: TENANT, tenantId: TENANT };
  return wires(
    resourceEvent({ resourceId, resourceType, change, actor, correlationId: TENANT, tenantId: TENANT }, TIME),
  );
}

function onSecret(
  secretName: string,
  change: 'newVersion' | 'nearExpiry' | 'expired',
  stray = false,
): object[] {
  const host = vaultHost(OPERATOR_VAULT);
  return wires(
    secretEvent(
      {
        vaultResourceId: vaultId(OPERATOR_VAULT),
        vaultName: OPERATOR_VAULT,
        secretName,
        secretId: `https://${host}/secrets/${secretName}/0123`,
        version: '0123',
        change,
      },
      TIME,
      stray,
    ),
  );
}

const RUNTIME_TYPE = 'Microsoft.DataFactory/factories/integrationruntimes';
const relevant = [
  ...onResource(runtimeId('etl'), RUNTIME_TYPE, 'write'),
  ...onResource(runtimeId('etl'), RUNTIME_TYPE, 'delete'),
  ...onResource(
    runtimeId('etl'),
    RUNTIME_TYPE.replace('integrationruntimes', 'integrationRuntimes'),
    'write',
  ),
  writeEvent('etl', 'one'),
  writeEvent('etl', 'two', 'Microsoft.Resources.ResourceDeleteSuccess'),
];

/** What else is written in a resource group with data factories. */
const irrelevant = [
  ...onResource(FACTORY_ID, 'Microsoft.DataFactory/factories', 'write'),
  ...onResource(`${FACTORY_ID}/pipelines/copy`, 'Microsoft.DataFactory/factories/pipelines', 'write'),
  ...onResource(
    `${FACTORY_ID}/linkedservices/blob`,
    'Microsoft.DataFactory/factories/linkedservices',
    'write',
  ),
  ...onResource(`${FACTORY_ID}/triggers/daily`, 'Microsoft.DataFactory/factories/triggers', 'delete'),
  ...onResource(FACTORY_ID, 'Microsoft.DataFactory/factories/airflow/sync', 'action'),
  ...onResource(runtimeId('etl'), RUNTIME_TYPE, 'action'),
  ...onResource(vaultId(OPERATOR_VAULT), 'Microsoft.KeyVault/vaults', 'write'),
  ...onResource(
    `${GROUP}/providers/Microsoft.Storage/storageAccounts/st`,
    'Microsoft.Storage/storageAccounts',
    'write',
  ),
  ...onResource(
    `${FACTORY_ID}/providers/Microsoft.Authorization/roleAssignments/a`,
    'Microsoft.Authorization/roleAssignments',
    'write',
  ),
  writeEvent('etl', 'three', 'Microsoft.Resources.ResourceWriteFailure'),
  writeEvent('etl', 'four', 'Microsoft.Resources.ResourceWriteCancel'),
];

describe('the filter of runtimes', () => {
  const [filter = never('runtimes')] = subscriptionsOf('runtimes');

  it.each(relevant)('lets through what the app acts on: %j', (event) => {
    expect(KINDS.readEvent(event).kind).toBe('relevant');
    expect(passes(filter, event)).toBe(true);
  });

  it.each(irrelevant)('keeps out what the app would ignore: %j', (event) => {
    expect(KINDS.readEvent(event).kind).toBe('irrelevant');
    expect(passes(filter, event)).toBe(false);
  });
});

describe('the filter of credentials', () => {
  const filter = credentialFilter(['airflow-sp', 'other-sp']);

  it.each([
    ...onSecret('airflow-sp', 'nearExpiry'),
    ...onSecret('airflow-sp', 'expired', true),
    ...onSecret('Airflow-SP', 'newVersion'),
    ...onSecret('other-sp', 'newVersion', true),
  ])('lets through what happens to a credential: %j', (event) => {
    expect(judgeSecretEvent(event).kind).toBe('relevant');
    expect(passes(filter, event)).toBe(true);
  });

  it.each([
    ...onSecret('airflow-sp-pending', 'newVersion'),
    ...onSecret('airflow-sp-pending', 'expired'),
    ...onSecret('db-password', 'newVersion'),
    ...wires({
      id: 'x',
      topic: vaultId(OPERATOR_VAULT),
      subject: 'airflow-sp',
      eventType: 'Microsoft.KeyVault.KeyNewVersionCreated',
      eventTime: TIME,
      dataVersion: '1',
      data: {},
    }),
  ])('keeps out what the app staged itself, other secrets, and keys: %j', (event) => {
    expect(passes(filter, event)).toBe(false);
  });
});

describe('the filter of more credentials than Event Grid takes values', () => {
  const names = Array.from({ length: mostNames + 1 }, (_, i) => `sp-${i}`);
  const filter = credentialFilter(names.slice(0, 20), names.slice(20));

  it('has no more values than Event Grid takes in one subscription', () => {
    for (const { advancedFilters } of [filter, credentialFilter(names.slice(1), [])]) {
      expect(advancedFilters.flatMap(({ values }) => values).length).toBeLessThanOrEqual(25);
    }
  });

  it.each(onSecret('sp-25', 'newVersion'))('lets each of them through: %j', (event) => {
    expect(passes(filter, event)).toBe(true);
  });

  it.each(onSecret(pendingSecret({ secret: { vault: '', name: 'sp-25' } }).name, 'newVersion'))(
    'keeps out what the app staged itself: %j',
    (event) => {
      expect(passes(filter, event)).toBe(false);
    },
  );
});

describe('the local cloud', () => {
  it('delivers by the same types and operations as the templates', () => {
    const made: NewEventSubscription[] = [];
    const eventGrid = { subscribe: (one: NewEventSubscription) => void made.push(one) };
    subscribe(eventGrid as unknown as Parameters<typeof subscribe>[0], 'EventGridSchema');
    const delivered = made.map(({ functionName, eventTypes }) => ({ functionName, eventTypes }));
    const [runtimes = never('runtimes')] = subscriptionsOf('runtimes');
    const [credentials = never('credentials')] = subscriptionsOf('credentials');

    expect(delivered).toEqual(
      [runtimes, credentials].map(({ functionName, includedEventTypes: eventTypes }) => ({
        functionName,
        eventTypes,
      })),
    );
    expect(made[0]?.operationNames).toEqual(runtimes.advancedFilters[0]?.values);
  });
});

function never(what: string): never {
  throw new Error(`The templates subscribe to no events of ${what}.`);
}
