import { describe, expect, it } from 'vitest';
import {
  canBegin,
  isSecretName,
  secretName,
  stripRight,
} from '../../../../src/domain/settings/backendNames.js';

describe('the names that the back end makes', () => {
  it.each([
    ['airflow-variables', '-', 'a_b', undefined, 'airflow-variables-a-b'],
    ['team_a', '--', 'c_d', undefined, 'team--a--c--d'],
    ['vars-', '-', 'c', undefined, 'vars-c'],
    ['', '-', 'c', undefined, 'c'],
    ['-', '-', 'c', undefined, 'c'],
    ['', '-', 'c', '5.0.0', 'c'],
    ['', '-', 'c', '4.3.0', '-c'],
    ['vars', '-', 'c', '4.3.0', 'vars-c'],
    ['vars', '', 'a_b', undefined, 'varsab'],
    ['', '', 'a_b', undefined, 'ab'],
  ])('prefix "%s", separator "%s", %s, release %s: %s', (prefix, separator, id, release, name) => {
    expect(secretName(prefix, separator, id, release)).toBe(name);
  });

  it.each([
    ['airflow-connections', true],
    ['team_a', true],
    ['', true],
    ['airflow/connections', false],
    ['team a', false],
    ['team.a', false],
    ['größe', false],
  ])('can begin with %s: %s', (prefix, can) => {
    expect(canBegin(prefix, '-')).toBe(can);
  });

  it('are 1 to 127 letters, digits and dashes', () => {
    expect(['a', '-a', 'A1-'.repeat(42)].every(isSecretName)).toBe(true);
    expect(['', 'a_b', 'a/b', 'é', 'a'.repeat(128)].some(isSecretName)).toBe(false);
  });

  it('strip like Python', () => {
    expect(stripRight('a--', '-')).toBe('a');
    expect(stripRight('--', '-')).toBe('');
    expect(stripRight('abc', '')).toBe('abc');
  });
});
