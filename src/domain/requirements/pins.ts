/**
 * What a requirement's version specifiers say of releases (PEP 440, https://peps.python.org/pep-0440/#version-specifiers):
 * just enough to tell which release is pinned and whether an old one is all that is left.
 */
import { compareVersions } from '../values/version.js';

interface Clause {
  readonly operator: string;
  readonly version: string;
  /** `==3.3.*`: any release that begins so. */
  readonly prefix: boolean;
}

const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?/i;
const EXTRAS = /^\[[^\]]*\]/;
const NAME = /^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*/;

/** The numbers that a version begins with (`2.10.5` of `2.10.5rc1`); `undefined` where it begins with none. */
export function releaseOf(version: string | undefined): string | undefined {
  return /^\s*v?(\d+(?:\.\d+)*)/i.exec(version ?? '')?.[1];
}

/** The one release that a requirement names (`==6.2.0`); `undefined` where it leaves a choice. */
export function pinnedRelease(requirement: string): string | undefined {
  const exact = clausesOf(requirement).find(({ operator, prefix }) => operator.startsWith('==') && !prefix);
  return exact?.version;
}

/** Whether a requirement names no version at all: pip then takes the newest one that fits the Python. */
export function isUnpinned(requirement: string): boolean {
  return !requirement.includes('@') && clausesOf(requirement).length === 0;
}

/** Whether a requirement lets in no release from `oldest` on. One that cannot be read, or names a file, may let it in. */
export function excludesFrom(requirement: string, oldest: string): boolean {
  return clausesOf(requirement).some((clause) => isBelow(clause, oldest));
}

function isBelow({ operator, version, prefix }: Clause, oldest: string): boolean {
  switch (operator) {
    case '==':
    case '===':
      return prefix ? compareVersions(nextOf(version), oldest) <= 0 : compareVersions(version, oldest) < 0;
    case '<':
      return compareVersions(version, oldest) <= 0;
    case '<=':
      return compareVersions(version, oldest) < 0;
    case '~=':
      return (
        version.includes('.') &&
        compareVersions(nextOf(version.slice(0, version.lastIndexOf('.'))), oldest) <= 0
      );
    default:
      return false;
  }
}

/** The first release after all that begin so: 3.4 after 3.3. */
function nextOf(version: string): string {
  const parts = version.split('.').map(Number);
  return [...parts.slice(0, -1), (parts.at(-1) ?? 0) + 1].join('.');
}

function clausesOf(requirement: string): readonly Clause[] {
  const afterName = requirement.replace(NAME, '').replace(EXTRAS, '').trim();
  // A direct reference is no version, whatever its URL looks like.
  const [specifiers = ''] = afterName.startsWith('@') ? [] : afterName.split(';');
  const bare = specifiers.trim();
  return (bare.startsWith('(') && bare.endsWith(')') ? bare.slice(1, -1) : bare)
    .split(',')
    .flatMap((text) => {
      const [, operator = '', version = '', prefix] = CLAUSE.exec(text.trim()) ?? [];
      return operator === '' ? [] : [{ operator, version, prefix: prefix !== undefined }];
    });
}
