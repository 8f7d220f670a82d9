import { isList, isMembers, textOf, type Value } from '../evaluate/values.js';

/** A value as Bicep writes it, on one line. */
export function literal(value: Value): string {
  if (typeof value === 'string') return text(value);
  if (value === null) return 'null';
  if (isList(value)) return `[${value.map(literal).join(', ')}]`;
  if (!isMembers(value)) return textOf(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : text(key)}: ${literal(member)}`)
    .join(', ')} }`;
}

function text(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
  return `'${escaped.replaceAll('\n', '\\n')}'`;
}
