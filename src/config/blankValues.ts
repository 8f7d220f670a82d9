import { type Document, isScalar, type LineCounter, type Scalar, visit } from 'yaml';
import type { ConfigurationProblem } from './problems.js';

const MOST = 20;

/** Settings for which null is a value, which switches a look-up off; for any other the schema refuses it. */
const NULLABLE: readonly unknown[] = ['connectionsPrefix', 'variablesPrefix', 'configPrefix'];

/** Such settings with nothing behind them, which YAML takes for null: whoever leaves one blank does not mean that. */
export function blankValues(
  document: Document,
  lines: LineCounter,
  source: string,
): readonly ConfigurationProblem[] {
  const keys: Scalar[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      const blank = value === null || (isScalar(value) && value.value === null && value.source === '');
      if (blank && isScalar(key) && NULLABLE.includes(key.value)) keys.push(key);
    },
  });
  return keys.slice(0, MOST).map((key) => {
    const { line, col } = lines.linePos(key.range?.[0] ?? 0);
    return {
      source,
      line,
      column: col,
      path: '',
      message: `${String(key.value)} has no value.`,
      remedy: 'Write one behind it, or remove the line. Where null is meant, write null.',
    };
  });
}
