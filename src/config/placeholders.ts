/** Values of the example that nobody has made their own. */
import type { Finding, Path } from './problems.js';

const GUID_LENGTH = 32;

/** What of a configuration, as parsed, still stands as the example has it: ids of one digit, names of Contoso. */
export function placeholdersIn(value: unknown, path: Path = []): Finding[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => placeholdersIn(one, [...path, index]));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, below]) => placeholdersIn(below, [...path, name]));
  }
  if (typeof value !== 'string' || !isPlaceholder(value)) return [];
  return [
    {
      path,
      message: "It is the example's own value, which is nobody's.",
      remedy: 'Write yours.',
    },
  ];
}

function isPlaceholder(text: string): boolean {
  const digits = text.replaceAll('-', '');
  if (digits.length === GUID_LENGTH && text.length === GUID_LENGTH + 4 && new Set(digits).size === 1)
    return true;
  return text.toLowerCase().includes('contoso');
}
