import { describe, expect, it } from 'vitest';
import { carries } from '../../../../src/domain/settings/carriers.js';
import { UNREADABLE } from '../../../../src/domain/values/credentialVersion.js';
import type { Json, JsonObject } from '../../../../src/domain/values/json.js';
import { viewOf } from '../../../../src/runtimes/data-factory/runtimeBody.js';
import { bodyOf } from './bodies.js';

const OURS = '2222abcd-2222-2222-2222-222222222222';
const OTHER = '99999999-9999-9999-9999-999999999999';
const HAS = { kind: 'yes' };
const NOT = { kind: 'no' };
const UNKNOWN = { kind: 'unreadable' };
const named = (credentialId: string) => ({ kind: 'yes', credentialId });

describe('whether a runtime carries a credential of the application', () => {
  it.each<{ label: string; client?: Json; marker?: Json; carried: unknown }>([
    {
      label: 'with its principal and a marker, which names the key',
      client: OURS,
      marker: 'key-1',
      carried: named('key-1'),
    },
    {
      label: 'with its principal in another case',
      client: OURS.toUpperCase(),
      marker: 'key-1',
      carried: named('key-1'),
    },
    { label: 'with its principal alone: which key, nobody knows', client: OURS, carried: HAS },
    { label: 'with an empty marker: which key, nobody knows', client: OURS, marker: '', carried: HAS },
    { label: 'with a marker alone', marker: 'key-1', carried: named('key-1') },
    {
      label: 'with another principal, whatever the marker says',
      client: OTHER,
      marker: 'key-1',
      carried: NOT,
    },
    { label: 'with another principal and a hidden marker', client: OTHER, marker: '****', carried: NOT },
    { label: 'with neither', carried: NOT },
    { label: 'with an empty principal', client: '', carried: NOT },
    {
      label: 'with a hidden principal and a marker',
      client: '****',
      marker: 'key-1',
      carried: named('key-1'),
    },
    { label: 'with a hidden principal', client: '****', carried: UNKNOWN },
    { label: 'with a principal that is null', client: null, carried: UNKNOWN },
    {
      label: 'with its principal and a hidden marker',
      client: OURS,
      marker: '****',
      carried: named(UNREADABLE),
    },
    { label: 'with a hidden marker alone', marker: null, carried: UNKNOWN },
    { label: 'with both hidden', client: '****', marker: '****', carried: UNKNOWN },
  ])('$label', ({ client, marker, carried }) => {
    const variables: JsonObject = {
      ...(client === undefined ? {} : { AZURE_CLIENT_ID: client }),
      ...(marker === undefined ? {} : { AIRLOCK_CREDENTIAL_ID: marker }),
    };

    expect(carries(viewOf(bodyOf({ airflowEnvironmentVariables: variables }), 'adf/etl'), OURS)).toEqual(
      carried,
    );
  });

  it.each<{ label: string; body: JsonObject; carried: unknown }>([
    { label: 'no variables', body: bodyOf({}), carried: NOT },
    { label: 'variables that are null', body: bodyOf({ airflowEnvironmentVariables: null }), carried: NOT },
    {
      label: 'variables that are hidden as a whole',
      body: bodyOf({ airflowEnvironmentVariables: '****' }),
      carried: UNKNOWN,
    },
    {
      label: 'variables in a shape that nobody knows',
      body: bodyOf({ airflowEnvironmentVariables: [] }),
      carried: UNKNOWN,
    },
    { label: 'another type', body: bodyOf({}, { type: 'SelfHosted' }), carried: NOT },
    {
      label: 'the type in another case',
      body: bodyOf({ airflowEnvironmentVariables: { AZURE_CLIENT_ID: OURS } }, { type: 'AIRFLOW' }),
      carried: HAS,
    },
    { label: 'no type', body: { properties: {} }, carried: UNKNOWN },
    { label: 'no properties', body: {}, carried: UNKNOWN },
    { label: 'no Airflow properties', body: { properties: { type: 'Airflow' } }, carried: UNKNOWN },
  ])('of a body with $label', ({ body, carried }) => {
    expect(carries(viewOf(body, 'adf/etl'), OURS)).toEqual(carried);
  });
});
