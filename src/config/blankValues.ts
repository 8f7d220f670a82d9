import { type Document, isScalar, type LineCounter, type Scalar, visit } from 'yaml';
import type { ConfigurationProblem } from './problems.js';

const MOST = 20;

/** Keys with nothing behind them: YAML takes that for null, and null is a value that switches a look-up off. */
export function blankValues(
  document: Document,
  lines: LineCounter,
  source: string,
): readonly ConfigurationProblem[] {
  const keys: Scalar[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      const blank = value === null || (isScalar(value) && value.value === null && value.source === '');
      if (blank && isScalar(key)) keys.push(key);
    },
  });
  return keys.slice(0, MOST).map((key) => {
    const { line, col } = lines.linePos(key.range?.[0] ?? 0);
    return {
      source,
      line,
      column: col,
      path: '',
      message: `${String(key.value).slice(0, 60)} has no value.`,
      remedy: 'Write one behind it, or remove the line. Where null is meant, write null.',
    };
  });
}
