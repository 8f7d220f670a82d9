import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import { BACKEND_CLASS } from '../../../../src/domain/settings/backendSettings.js';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { airflowProperties } from '../../../../src/runtimes/data-factory/airflowProperties.js';
import { bodyOf, CREDENTIAL, mergeBody, PROFILE, planBody, REPLACING } from './bodies.js';

const PROVIDER = 'apache-airflow-providers-microsoft-azure';
const { requirement: _, ...BY_VERSION } = PROFILE;

function planOf(airflow: JsonObject, profile: Profile = BY_VERSION) {
  return planBody({ profile, credential: CREDENTIAL, body: bodyOf(airflow), secretComparison: 'absent' });
}

function requirementOf(airflow: JsonObject, profile?: Profile) {
  return planOf(airflow, profile).settings.find(({ setting }) => setting === 'requirement');
}

function requirementsAfter(airflow: JsonObject, profile: Profile = BY_VERSION) {
  const merged = mergeBody({
    profile,
    credential: CREDENTIAL,
    body: bodyOf(airflow),
    secretComparison: 'absent',
    values: { clientSecret: new Secret('held-secret') },
  });
  return airflowProperties(merged)?.['airflowRequirements'];
}

describe('the requirement of a runtime', () => {
  it('is the release that was measured with its Airflow', () => {
    const airflow = { airflowVersion: '2.6.3', pythonVersion: '3.8' };

    expect(requirementOf(airflow)).toMatchObject({
      kind: 'add',
      after: `${PROVIDER}==6.2.0`,
      why: 'the back end is part of this provider; 6.2.0 was measured with Airflow 2.6.3',
    });
    expect(requirementsAfter(airflow)).toEqual([`${PROVIDER}==6.2.0`]);
  });

  it('is one that lets its Airflow be, where none was measured, and says so', () => {
    const added = requirementOf({ airflowVersion: '2.4.3', pythonVersion: '3.8' });

    expect(added?.after).toBe(`${PROVIDER}==7.0.0`);
    expect(added?.why).toMatch(
      /newest release known to take Airflow 2\.4\.3 on Python 3\.8; it is not measured/,
    );
  });

  it('is the profile’s where that names one', () => {
    const profile = { ...PROFILE, requirement: `${PROVIDER}==5.3.1` };
    const airflow = { airflowVersion: '2.6.3', airflowRequirements: ['pandas'] };

    expect(requirementOf(airflow, profile)).toMatchObject({ after: `${PROVIDER}==5.3.1` });
    expect(requirementsAfter(airflow, profile)).toEqual(['pandas', `${PROVIDER}==5.3.1`]);
    expect(requirementOf(airflow, profile)?.why).toContain('the profile names it');
  });

  it('stays what it is where the provider is there, and tells what no version means', () => {
    const pinned = { airflowVersion: '2.6.3', airflowRequirements: [`${PROVIDER}==10.0.0`] };
    const bare = { airflowVersion: '2.6.3', airflowRequirements: [PROVIDER] };

    expect(requirementOf(pinned)).toMatchObject({
      kind: 'keep',
      why: expect.stringContaining('its pin stays'),
    });
    expect(requirementOf(bare)).toMatchObject({
      kind: 'keep',
      why: expect.stringContaining('may bring another Airflow'),
    });
    expect(requirementOf({ airflowVersion: '2.6.3' }, PROFILE)?.why).toContain('may bring another Airflow');
    expect(requirementsAfter(bare)).toEqual([PROVIDER]);
  });

  it.each([{}, { airflowVersion: 'latest' }, { airflowVersion: null }, { airflowVersion: '1.10.14' }])(
    'is nobody’s guess where the version is none that the app knows: %o',
    (airflow) => {
      const profile: Profile = {
        ...BY_VERSION,
        onConflict: 'replace',
        access: { ...PROFILE.access, proof: { kind: 'dag', dagId: 'own' } },
      };
      expect(planOf(airflow, profile).conflicts).toMatchObject([
        { code: 'noProviderRelease', remedy: expect.stringContaining('requirement:') },
      ]);
      expect(planOf(airflow, { ...profile, requirement: `${PROVIDER}==3.9.0` }).conflicts).toEqual([]);
    },
  );

  it.each(['==3.3.0', '<3.4', '~=3.3.0', '==1.*'])('is a conflict where it lacks the class: %s', (pin) => {
    const airflow = { airflowVersion: '2.6.3', airflowRequirements: [`${PROVIDER}${pin}`] };

    for (const profile of [PROFILE, REPLACING]) {
      const { conflicts } = planOf(airflow, profile);
      expect(conflicts).toMatchObject([{ code: 'providerTooOld', setting: 'requirement' }]);
      expect(conflicts[0]?.message).toContain(BACKEND_CLASS);
      expect(conflicts[0]?.message).toContain(pin);
    }
  });

  it.each(['2.3.4', '2.2.2', '1.10.14'])(
    'comes too early for the check DAG with Airflow %s',
    (airflowVersion) => {
      const own: Profile = {
        ...PROFILE,
        access: { ...PROFILE.access, proof: { kind: 'dag', dagId: 'own' } },
      };

      expect(planOf({ airflowVersion }, REPLACING).conflicts).toMatchObject([{ code: 'airflowTooOld' }]);
      expect(planOf({ airflowVersion }).conflicts).toMatchObject([{ code: 'airflowTooOld' }]);
      expect(planOf({ airflowVersion }, own).conflicts).toEqual([]);
      expect(planOf({ airflowVersion: '2.4.0' }).conflicts).toEqual([]);
    },
  );

  it.each([
    [`${PROVIDER}==4.3.0`, '-airlock-canary'],
    [`${PROVIDER}==6.2.0`, 'airlock-canary'],
    [`${PROVIDER}>=4`, 'airlock-canary'],
  ])('decides which secret an empty prefix leads to: %s', (requirement, name) => {
    const airflow = { airflowVersion: '2.6.3', airflowRequirements: [requirement] };

    expect(planOf(airflow, { ...PROFILE, variablesPrefix: '' }).canarySecretName).toBe(name);
  });
});

describe('prefixes that are empty or null', () => {
  const kwargsOf = (airflow: JsonObject, profile: Profile) =>
    planOf(airflow, profile).settings.find(({ setting }) => setting.endsWith('KWARGS'));
  const holding = (kwargs: JsonObject): JsonObject => ({
    airflowVersion: '2.6.3',
    airflowEnvironmentVariables: {
      AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({ vault_url: PROFILE.vault, ...kwargs }),
    },
  });
  const own: Profile = {
    ...PROFILE,
    connectionsPrefix: null,
    variablesPrefix: '',
    configPrefix: null,
    separator: '',
  };
  const wanted = { connections_prefix: null, variables_prefix: '', config_prefix: null, sep: '' };

  it('are written as the profile has them', () => {
    expect(JSON.parse(kwargsOf({ airflowVersion: '2.6.3' }, own)?.after ?? '')).toEqual({
      ...wanted,
      vault_url: PROFILE.vault,
    });
  });

  it('are equal to themselves', () => {
    expect(kwargsOf(holding(wanted), own)?.kind).toBe('keep');
    expect(planOf(holding(wanted), own).conflicts).toEqual([]);
  });

  it.each([
    ['connections_prefix', null, PROFILE, 'lookupDisabled'],
    ['variables_prefix', '', PROFILE, 'namesDiffer'],
    ['connections_prefix', 'airflow-connections', own, 'namesDiffer'],
    ['connections_prefix', '', own, 'namesDiffer'],
    ['config_prefix', 'airflow-config', own, 'namesDiffer'],
    ['sep', '-', own, 'namesDiffer'],
  ] as const)('differ from others: %s %s', (key, value, profile, code) => {
    const base = profile === own ? wanted : {};
    const { conflicts } = planOf(holding({ ...base, [key]: value }), profile);
    expect(conflicts).toMatchObject([{ code, setting: `AIRFLOW__SECRETS__BACKEND_KWARGS.${key}` }]);
  });
});
