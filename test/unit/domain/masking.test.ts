import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.js';
import { isHiddenVariable, isMasked } from '../../../src/domain/masking.js';

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
    ['a list', ['***']],
  ];
  it.each(shown)('is not %s', (_, value) => {
    expect(isMasked(value)).toBe(false);
  });

  it('may be empty where the name says that it is a secret', () => {
    expect(isHiddenVariable('DB_PASSWORD', '')).toBe(true);
    expect(isHiddenVariable('TEAM', '')).toBe(false);
  });
});
