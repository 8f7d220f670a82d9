import { describe, expect, it } from 'vitest';
import { canarySecretName } from '../../../../src/domain/settings/canary.js';

describe('the name of the canary’s secret', () => {
  it.each([
    [{}, 'airlock-canary', 'airflow-variables-airlock-canary'],
    [{ variables_prefix: 'team_a' }, 'airlock_canary', 'team-a-airlock-canary'],
    [{ variables_prefix: 'vars-' }, 'c', 'vars-c'],
    [{ variables_prefix: 'vars', sep: '--' }, 'c_d', 'vars--c--d'],
    [{ variables_prefix: '' }, 'c', 'c'],
  ])('%o with %s', (kwargs, variable, name) => {
    expect(canarySecretName(kwargs, variable)).toEqual({ name });
  });

  it.each([
    [{ variables_prefix: null }, 'null'],
    [{ variables_prefix: 7 }, 'not text'],
    [{ variables_prefix: 'a.b' }, 'does not take'],
    [{ sep: '/' }, 'does not take'],
    [{ variables_prefix: 'x'.repeat(130) }, 'does not take'],
  ])('%o has none', (kwargs, why) => {
    expect(canarySecretName(kwargs, 'c')).toMatchObject({ why: expect.stringContaining(why) });
  });

  it.each(['3.4.0', '5.0.0', '15.1.0', undefined])(
    'is none where the prefix is null, in release %s',
    (release) => {
      expect(canarySecretName({ variables_prefix: null }, 'c', release)).toHaveProperty('why');
    },
  );

  it('begins with a separator where an old release has an empty prefix', () => {
    expect(canarySecretName({ variables_prefix: '' }, 'c', '4.3.0')).toEqual({ name: '-c' });
  });
});
