import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configurationSchema } from '../../../../src/config/schema.js';
import { globMatches } from '../../../../src/domain/configuration/profileMatching.js';
import {
  canonicalRuntimeId,
  formatRuntimeId,
  runtimeRecordKey,
} from '../../../../src/domain/values/runtimeId.js';
import { namesIn, parseResourceId } from '../../../../src/runtimes/data-factory/resourceId.js';
import { KINDS } from '../../../../src/runtimes/kinds.js';

const SUBSCRIPTION = '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215';
const idIn = (resourceGroup: string, factory = 'adf-one', name = 'etl') =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}/integrationRuntimes/${name}`;
const namesOf = (text: string) => {
  const id = parseResourceId(text);
  return id && namesIn(id);
};
/** Whether the configuration takes it as a pattern of a profile. */
const isPattern = (field: string, text: string) => {
  const runtimes = [{ subscription: SUBSCRIPTION, [field]: text }];
  const parsed = configurationSchema.shape.profiles.element.shape.runtimes.safeParse(runtimes);
  return parsed.success;
};
const event = (resourceUri: string) => ({
  id: 'e1',
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  data: { resourceUri, operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write' },
});

describe('the name of a resource group', () => {
  it.each([
    'rg',
    'rg-möbel',
    'RG_Größe.(1)',
    'ομάδα',
    'группа-1',
    '資源群組',
    'cafe\u0301',
    '１２',
    'a‿b',
    '(x)',
    'x'.repeat(90),
    'ö'.repeat(90),
  ])('%s is taken in ids, in events and in the configuration', (group) => {
    expect(namesOf(idIn(group))).toMatchObject({ resourceGroup: group });
    expect(KINDS.readEvent(event(idIn(group)))).toMatchObject({ kind: 'relevant' });
    expect(isPattern('resourceGroup', group)).toBe(true);
  });

  it.each([
    '',
    '.',
    '..',
    'rg.',
    'a b',
    'a%b',
    'a?b',
    'a#b',
    'a\\b',
    'a\nb',
    'a\u2028b',
    "a'b",
    'a€b',
    'x'.repeat(91),
  ])('%j is none', (group) => {
    expect(parseResourceId(idIn(group))).toBeUndefined();
  });

  it('is the same in any case, and as a URL spells it', () => {
    const parsed = parseResourceId(idIn('RG-MÖBEL'));
    const escaped = parseResourceId(idIn(encodeURIComponent('rg-möbel')));
    if (!parsed || !escaped) throw new Error('both are ids');

    expect(canonicalRuntimeId(parsed)).toBe(canonicalRuntimeId(escaped));
    expect(globMatches('rg-m*', 'RG-MÖBEL')).toBe(true);
    expect(globMatches('rg-möb*', 'RG-MÖBEL')).toBe(true);
  });

  it.each(['\u212a', 'İ', 'ſ', 'ı', '\u212b'])('is not that of ASCII with %s in it', (letter) => {
    const plain = { '\u212a': 'k', İ: 'i', ſ: 's', ı: 'i', '\u212b': 'å' }[letter] ?? '';
    const [one, other] = [letter, plain].map((text) => parseResourceId(idIn(`rg-${text}`)));
    if (!one || !other) throw new Error('both are ids');

    expect(canonicalRuntimeId(one)).not.toBe(canonicalRuntimeId(other));
    expect(runtimeRecordKey(one)).not.toBe(runtimeRecordKey(other));
    expect(globMatches(`rg-${plain}`, `rg-${letter}`)).toBe(false);
    expect(globMatches('rg-*', `rg-${letter}`)).toBe(true);
  });

  it('keeps its key where it is plain', () => {
    const id = parseResourceId(idIn('RG-Sales', 'ADF-Sales', 'ETL'));
    if (!id) throw new Error('it is an id');

    expect(canonicalRuntimeId(id)).toBe(idIn('rg-sales', 'adf-sales', 'etl').toLowerCase());
    expect(runtimeRecordKey(id)).toBe('f7cf60084365f5e0789d6d5a61be6f98');
  });

  it('comes back from the id that is made of it', () => {
    const letter = fc.constantFrom(...'aZ09-_.()öÉßжΩ日अ');
    const name = fc.array(letter, { minLength: 1, maxLength: 90 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        name.filter((text) => !text.endsWith('.')),
        (group) => {
          const parsed = parseResourceId(idIn(group));
          expect(parsed && formatRuntimeId(parsed)).toBe(idIn(group));
          expect(isPattern('resourceGroup', group)).toBe(true);
        },
      ),
    );
  });
});

describe('the name of a runtime', () => {
  it.each([
    'etl',
    'a-b-c',
    'x'.repeat(63),
    `${'a-'.repeat(31)}a`,
    // Shorter than the API's description has it: one that is there all the same is looked after.
    'ab',
    '0',
  ])('may be %s', (name) => {
    expect(namesOf(idIn('rg', 'adf-one', name))).toMatchObject({ name });
  });

  it.each(['', 'a--b', '-a', 'a-', 'a%2Fb', 'x'.repeat(64), `${'a-'.repeat(32)}a`, 'a_b', 'größe'])(
    'is not %s',
    (name) => {
      expect(parseResourceId(idIn('rg', 'adf-one', name))).toBeUndefined();
    },
  );
});

describe('the names of factory and runtime', () => {
  it.each(['odd_name', 'größe', 'a.b', 'a b', '-a'])('are not %j, and the configuration says so', (name) => {
    expect(parseResourceId(idIn('rg', name))).toBeUndefined();
    expect(parseResourceId(idIn('rg', 'adf-one', name))).toBeUndefined();
    expect(isPattern('factory', name) || isPattern('name', name)).toBe(name === '-a');
  });
});
