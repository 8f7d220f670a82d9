import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialsOf, judgeSecretEvent } from '../../../../src/domain/events/secretEvents.js';
import { PROFILE } from '../settings/bodies.js';

const VERSION = 'ee059b2bb5bc48398a53b168c6cdcb10';
const ID = `https://contoso-ops.vault.azure.net/secrets/airflow-sp/${VERSION}`;
/** The data of the sample that the documentation shows, stray spaces and texts for numbers included. */
const SAMPLE = {
  Id: ID,
  VaultName: 'contoso-ops',
  ObjectType: 'Secret',
  'ObjectName ': 'airflow-sp',
  Version: ` ${VERSION}`,
  NBF: '1559081980',
  EXP: '1559082102',
};
/** The data as the documentation's table has it. */
const TABLE = {
  id: ID,
  vaultName: 'contoso-ops',
  objectType: 'Secret',
  objectName: 'airflow-sp',
  version: VERSION,
  nbf: 1559081980,
  exp: 1559082102,
};
const TYPE = 'Microsoft.KeyVault.SecretNearExpiry';
const SOURCE =
  '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/contoso-ops';
const eventGrid = (data: unknown, more: object = {}) => ({
  id: 'e1',
  topic: SOURCE,
  subject: 'airflow-sp',
  eventType: TYPE,
  eventTime: '2026-11-23T12:00:00Z',
  dataVersion: '1',
  metadataVersion: '1',
  data,
  ...more,
});
const cloudEvent = (data: unknown) => ({
  id: 'e1',
  source: SOURCE,
  subject: 'airflow-sp',
  type: TYPE,
  time: '2026-11-23T12:00:00Z',
  specversion: '1.0',
  data,
});

const RELEVANT = {
  kind: 'relevant',
  vault: 'contoso-ops.vault.azure.net',
  secret: 'airflow-sp',
  eventId: 'e1',
  eventType: TYPE,
  eventTime: '2026-11-23T12:00:00Z',
};

describe('an event about a secret', () => {
  it.each([
    { label: 'of the sample, in the Event Grid schema', event: eventGrid(SAMPLE) },
    { label: 'of the sample, as CloudEvents 1.0', event: cloudEvent(SAMPLE) },
    { label: 'of the table, in the Event Grid schema', event: eventGrid(TABLE) },
    { label: 'of the table, as CloudEvents 1.0', event: cloudEvent(TABLE) },
    { label: 'without any time', event: eventGrid({ ...TABLE, nbf: null, exp: null }) },
    { label: 'with times that are none', event: eventGrid({ ...SAMPLE, NBF: {}, EXP: 'soon' }) },
    {
      label: 'with spaces in its values',
      event: eventGrid({ ...SAMPLE, Id: ` ${ID} `, 'ObjectName ': ' airflow-sp' }),
    },
    { label: 'without the name of the secret', event: eventGrid({ Id: ID }) },
    {
      label: 'without the name of the secret and a subject',
      event: eventGrid({ Id: ID }, { subject: undefined }),
    },
    { label: 'with a name that is no text', event: eventGrid({ ...TABLE, objectName: 7 }) },
  ])('$label is relevant', ({ event }) => {
    expect(judgeSecretEvent(event)).toEqual(RELEVANT);
  });

  it.each(['SecretNearExpiry', 'SecretExpired', 'SecretNewVersionCreated'])(
    'of the type %s is relevant',
    (name) => {
      for (const eventType of [`Microsoft.KeyVault.${name}`, `MICROSOFT.KEYVAULT.${name.toUpperCase()}`]) {
        expect(judgeSecretEvent(eventGrid(SAMPLE, { eventType }))).toEqual({ ...RELEVANT, eventType });
      }
    },
  );

  it.each([
    {
      label: "by the vault's name where it gives no id",
      data: { VaultName: 'contoso-ops', ObjectName: 'airflow-sp' },
      secret: 'airflow-sp',
    },
    {
      label: "by the vault's name where the id is none",
      data: { Id: 'airflow-sp', VaultName: 'contoso-ops', ObjectName: 'airflow-sp' },
      secret: 'airflow-sp',
    },
    {
      label: 'by its subject where nothing else names the secret',
      data: { VaultName: 'contoso-ops' },
      secret: 'airflow-sp',
    },
    {
      label: 'by the name in its data, stray space and all, rather than its subject',
      data: { VaultName: 'contoso-ops', 'ObjectName ': 'other' },
      secret: 'other',
    },
    {
      label: 'by the name in its data rather than its subject',
      data: { VaultName: 'contoso-ops', ObjectName: 'other' },
      secret: 'other',
    },
  ])('is found $label', ({ data, secret }) => {
    expect(judgeSecretEvent(eventGrid(data))).toMatchObject({
      kind: 'relevant',
      vault: 'contoso-ops',
      secret,
    });
  });

  it.each([
    {
      label: 'of a key',
      event: eventGrid(SAMPLE, { eventType: 'Microsoft.KeyVault.KeyNearExpiry' }),
      malformed: false,
    },
    {
      label: 'of a certificate',
      event: eventGrid(SAMPLE, { eventType: 'Microsoft.KeyVault.CertificateExpired' }),
      malformed: false,
    },
    { label: 'of another type', event: eventGrid(SAMPLE, { eventType: 'constructor' }), malformed: false },
    { label: 'that names no vault', event: eventGrid({ ObjectName: 'airflow-sp' }), malformed: true },
    {
      label: 'that names no secret',
      event: eventGrid({ VaultName: 'contoso-ops' }, { subject: '' }),
      malformed: true,
    },
    { label: 'without an id', event: eventGrid(SAMPLE, { id: ' ' }), malformed: true },
    { label: 'without a type', event: eventGrid(SAMPLE, { eventType: 7 }), malformed: true },
    { label: 'without data', event: eventGrid(null), malformed: true },
    { label: 'in a list', event: [eventGrid(SAMPLE)], malformed: true },
    { label: 'that is nothing', event: undefined, malformed: true },
  ])('$label is irrelevant', ({ event, malformed }) => {
    expect(judgeSecretEvent(event)).toMatchObject({ kind: 'irrelevant', malformed });
  });

  it('of any JSON never throws, and gives a reason that is one line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.string({ unit: 'binary' }), (event, part, type) => {
        judgeSecretEvent(event);
        judgeSecretEvent(eventGrid(part));
        judgeSecretEvent(eventGrid({ ...SAMPLE, Id: part, VaultName: part, 'ObjectName ': part }));
        const judged = judgeSecretEvent(eventGrid(SAMPLE, { eventType: `x${type}` }));
        expect(judged.kind === 'irrelevant' && judged.reason).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });
});

describe('the credentials that are kept in a secret', () => {
  const { credential } = PROFILE;
  const others = [
    {
      ...credential,
      name: 'of another secret',
      secret: { ...credential.secret, name: 'airflow-sp-pending' },
    },
    {
      ...credential,
      name: 'of another vault',
      secret: { ...credential.secret, vault: 'https://contoso-ops-2.vault.azure.net' },
    },
  ];
  const namesOf = (vault: string, secret: string) =>
    credentialsOf([credential, ...others], { vault, secret }).map(({ name }) => name);

  it.each([
    { label: 'the host of its vault', vault: 'contoso-ops.vault.azure.net', secret: 'airflow-sp' },
    { label: "its vault's name", vault: 'contoso-ops', secret: 'airflow-sp' },
    { label: 'both in another case', vault: 'Contoso-Ops.Vault.Azure.Net', secret: 'AIRFLOW-SP' },
  ])('are found by $label', ({ vault, secret }) => {
    expect(namesOf(vault, secret)).toEqual(['reader']);
  });

  it.each([
    { label: 'the same name in another cloud', vault: 'contoso-ops.vault.azure.cn', secret: 'airflow-sp' },
    { label: 'a host that begins alike', vault: 'contoso-ops.vault.azure.net.example', secret: 'airflow-sp' },
    { label: 'a name that begins alike', vault: 'contoso', secret: 'airflow-sp' },
    { label: 'another secret', vault: 'contoso-ops', secret: 'airflow' },
  ])('are not found by $label', ({ vault, secret }) => {
    expect(namesOf(vault, secret)).toEqual([]);
  });

  it('are all that name it', () => {
    const twin = { ...credential, name: 'twin' };

    const found = credentialsOf([credential, twin], { vault: 'contoso-ops', secret: 'airflow-sp' });
    expect(found.map(({ name }) => name)).toEqual(['reader', 'twin']);
  });
});
