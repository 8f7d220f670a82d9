import { describe, expect, it } from 'vitest';
import { hiddenPlaces, isHiddenVariable, isMask, isMasked } from '../../../../src/domain/settings/masking.js';
import type { Json } from '../../../../src/domain/values/json.js';

describe('a value that a service hides', () => {
  const hidden: [label: string, value: Json][] = [
    ['null', null],
    ['one asterisk', '*'],
    ['asterisks', '****'],
    ['bullets', '●●●●●●'],
    ['a mask behind the first letters', 'Pa****'],
    ['a mask inside of another text', '{"client_secret":"***"}'],
    ['a secure string whose value is a mask', { type: 'SecureString', value: '****' }],
    ['a secure string whose value is left out', { type: 'securestring' }],
    ['a secure string whose value is empty', { type: 'SecureString', value: '' }],
    ['a list with a mask in it', ['open', '***']],
    ['an object with a mask far inside', { host: 'h', logins: [{ password: 'Pa****' }] }],
  ];
  it.each(hidden)('is %s', (_, value) => {
    expect(isMasked(value)).toBe(true);
    expect(isHiddenVariable('TEAM', value)).toBe(true);
  });

  const shown: [label: string, value: Json][] = [
    ['an empty text', ''],
    ['a schedule', '*/5 * * * *'],
    ['a pattern', 'dags/**/*.py'],
    ['a secure string with its value', { type: 'SecureString', value: 'abc' }],
    ['a reference to a vault', { type: 'AzureKeyVaultSecret', secretName: 'db' }],
    ['a number', 3],
    ['a list', ['*', null]],
    ['an object with null in it', { password: null }],
  ];
  it.each(shown)('is not %s', (_, value) => {
    expect(isMasked(value)).toBe(false);
  });

  it('is no mask as a whole where a part of it is hidden', () => {
    expect(isMask({ DB: '****', TEAM: 'sales' })).toBe(false);
    expect(isMask({ type: 'SecureString', value: '****' })).toBe(true);
  });

  it('is found by the names that lead to it, however deep, and ten are enough', () => {
    const places = hiddenPlaces({ a: [{ b: '***' }], c: { type: 'SecureString' }, d: null });
    const deep = JSON.parse(`${'['.repeat(20_000)}"***"${']'.repeat(20_000)}`) as Json;

    expect(places).toEqual([['a', '0', 'b'], ['c']]);
    expect(hiddenPlaces(deep)[0]).toHaveLength(20_000);
    expect(hiddenPlaces(Array.from({ length: 30 }, () => '***'))).toHaveLength(10);
  });

  it('may be empty where the name says that it is a secret', () => {
    expect(isHiddenVariable('DB_PASSWORD', '')).toBe(true);
    expect(isHiddenVariable('TEAM', '')).toBe(false);
  });
});
