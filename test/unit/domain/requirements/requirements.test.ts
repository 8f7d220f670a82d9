import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRequirement,
  findRequirement,
  listRequirements,
  normalizeName,
  requirementName,
  splitRequirements,
} from '../../../../src/domain/requirements/requirements.js';

const PACKAGE = 'apache-airflow-providers-microsoft-azure';

describe('the name of a requirement (PEP 508, PEP 503)', () => {
  it.each([
    ['pandas', 'pandas'],
    ['  Pandas == 2.0.3', 'pandas'],
    ['Apache_Airflow.Providers--Microsoft-Azure', PACKAGE],
    [`${PACKAGE}[extra1,extra2]>=4,<9; python_version > "3.7"`, PACKAGE],
    [`${PACKAGE} @ https://example.org/x.whl`, PACKAGE],
    [`${PACKAGE}(>=4)`, PACKAGE],
    [`${PACKAGE}~=6.2`, PACKAGE],
    [`${PACKAGE} [amazon , oracle] ~=6.2`, PACKAGE],
    [`${PACKAGE}===6.2.0+local.1`, PACKAGE],
    [`${PACKAGE}==6.2.0 --hash=sha256:0123abcd`, PACKAGE],
    ['# a comment', undefined],
    ['-r other.txt', undefined],
    ['./local/path', undefined],
    ['', undefined],
    ['git+https://example.org/x', undefined],
  ])('%s', (requirement, name) => {
    expect(requirementName(requirement)).toBe(name);
  });
});

describe('requirements of a runtime', () => {
  it.each([
    { value: [PACKAGE], found: PACKAGE },
    {
      value: ['pandas', 'apache_airflow.providers.MICROSOFT-azure==6.2.0'],
      found: 'apache_airflow.providers.MICROSOFT-azure==6.2.0',
    },
    { value: `pandas>=1,<2,${PACKAGE}[x]>=4,<9`, found: `${PACKAGE}[x]>=4,<9` },
    { value: [`pandas>=1,<2,${PACKAGE}==6.2.0`], found: `${PACKAGE}==6.2.0` },
    { value: `pandas\r\n${PACKAGE}==6.2.0\n`, found: `${PACKAGE}==6.2.0` },
    { value: `pandas,${PACKAGE} [x , y] ~=6.2`, found: `${PACKAGE} [x , y] ~=6.2` },
    { value: `pandas[broken\n${PACKAGE}`, found: PACKAGE },
    { value: `pandas # don't pin\n${PACKAGE}`, found: PACKAGE },
    { value: `pandas\n# later: x, ${PACKAGE}`, found: undefined },
    { value: `x @ https://example.org/it's.whl,${PACKAGE}`, found: PACKAGE },
    { value: `${PACKAGE}-extra`, found: undefined },
    { value: [], found: undefined },
    { value: null, found: undefined },
    { value: undefined, found: undefined },
  ])('finds it in $value', ({ value, found }) => {
    expect(findRequirement(value, PACKAGE)).toBe(found);
  });

  it.each([
    { value: ['a', 'b==1'], after: ['a', 'b==1', PACKAGE] },
    { value: 'a,b==1', after: `a,b==1,${PACKAGE}` },
    { value: 'a,b==1, ', after: `a,b==1,${PACKAGE}` },
    { value: 'a\nb==1\n', after: `a\nb==1\n${PACKAGE}` },
    { value: 'a\r\nb', after: `a\r\nb\r\n${PACKAGE}` },
    { value: 'a # last, x', after: `a # last, x\n${PACKAGE}` },
    { value: '', after: PACKAGE },
    { value: undefined, after: [PACKAGE] },
    { value: null, after: [PACKAGE] },
  ])('adds it to $value in the form that it has', ({ value, after }) => {
    expect(addRequirement(value, PACKAGE)).toEqual(after);
  });

  it.each([
    ['a>=1,<2,b', ['a>=1,<2', 'b']],
    ['a[x,y]==1,b; python_version < "3,9",c', ['a[x,y]==1', 'b; python_version < "3,9"', 'c']],
    ['a, ,b', ['a', 'b']],
    ['a!=1,!=2', ['a!=1,!=2']],
  ])('splits %s', (text, parts) => {
    expect(splitRequirements(text).map((part) => part.trim())).toEqual(parts);
  });

  it('does not understand other shapes', () => {
    expect(listRequirements([1])).toBeUndefined();
    expect(listRequirements({ a: 1 })).toBeUndefined();
  });

  it('always finds what it added, keeps what was there, and never throws', () => {
    const value = fc.oneof(fc.array(fc.string()), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(value, (before) => {
        // Text with an open bracket or quote swallows what follows, as pip would.
        fc.pre(typeof before !== 'string' || !/[[\]()'"]/.test(before));
        const after = addRequirement(before, PACKAGE);
        expect(findRequirement(after, PACKAGE)).toBe(PACKAGE);
        if (Array.isArray(before)) expect((after as string[]).slice(0, -1)).toEqual(before);
      }),
    );
  });

  it('normalises a name to itself once normalised', () => {
    fc.assert(fc.property(fc.string(), (name) => normalizeName(normalizeName(name)) === normalizeName(name)));
  });
});
