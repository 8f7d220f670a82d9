import { describe, expect, it } from 'vitest';
import {
  excludesFrom,
  isUnpinned,
  pinnedRelease,
  releaseOf,
} from '../../../../src/domain/requirements/pins.js';

const NAME = 'apache-airflow-providers-microsoft-azure';

describe('version specifiers of a requirement', () => {
  it.each([
    ['==3.3.0', true],
    ['== 3.3', true],
    ['===3.3.0', true],
    ['==3.3.*', true],
    ['~=3.3.0', true],
    ['<3.4', true],
    ['<3.4.0', true],
    ['<=3.3.99', true],
    ['>=2,<3', true],
    ['(<3)', true],
    ['[amazon]==1.3.0', true],
    [' [amazon , oracle] ~=3.3.0', true],
    ['==3.3.0+local.1', true],
    ['===3.3.0+local.1', true],
    ['==3.3.0 --hash=sha256:0123abcd', true],
    ['===6.2.0+local.1', false],
    ['==6.2.0 --hash=sha256:0123abcd', false],
    [' [amazon , oracle] ~=6.2', false],
    [' == 1.3.0 ; python_version < "3.9"', true],
    ['', false],
    ['==3.4.0', false],
    ['==3.*', false],
    ['~=3.3', false],
    ['~=3', false],
    ['<=3.4.0', false],
    ['<3.4.1', false],
    ['<10', false],
    ['!=3.3.0', false],
    ['>=1.0', false],
    ['==6.2.0', false],
    ['==nonsense', false],
    [' @ https://contoso.example/provider-1.0.0.whl', false],
    [' @ https://user:token@contoso.example/x,==1.0', false],
    ['; python_version < "3.4"', false],
  ])('with %s lets in nothing from 3.4.0 on: %s', (specifier, excluded) => {
    expect(excludesFrom(`${NAME}${specifier}`, '3.4.0')).toBe(excluded);
  });

  it.each([
    ['==6.2.0', '6.2.0'],
    ['===6.2.0', '6.2.0'],
    [' == 6.2.0 ; python_version < "3.9"', '6.2.0'],
    ['===6.2.0+local.1', '6.2.0'],
    ['==6.2.0 --hash=sha256:0123abcd', '6.2.0'],
    [' [amazon , oracle] ==6.2.0', '6.2.0'],
    ['==6.*', undefined],
    ['>=6.2.0', undefined],
    ['', undefined],
  ])('with %s pins %s', (specifier, release) => {
    expect(pinnedRelease(`${NAME}${specifier}`)).toBe(release);
  });

  it.each([
    ['', true],
    ['[amazon]', true],
    ['; python_version < "3.9"', true],
    ['>=6', false],
    [' @ https://contoso.example/provider.whl', false],
  ])('with %s names no version: %s', (specifier, unpinned) => {
    expect(isUnpinned(`${NAME}${specifier}`)).toBe(unpinned);
  });

  it.each([
    ['2.6.3', '2.6.3'],
    ['v2.10.5rc1', '2.10.5'],
    [' 3', '3'],
    ['latest', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s begins with the numbers %s', (version, release) => {
    expect(releaseOf(version)).toBe(release);
  });
});
