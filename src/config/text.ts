import { isNode, LineCounter, parseDocument } from 'yaml';
import type { ConfigurationProblem, Path } from './problems.js';

/** More than any configuration needs; what comes in is somebody's input. */
const MAX_SIZE = 256 * 1024;
const MAX_ALIASES = 50;

export type ParsedText =
  | { readonly ok: true; readonly value: unknown; place(path: Path): { line?: number; column?: number } }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Parses YAML 1.2, of which JSON is a part, and remembers where everything stands. */
export function parseText(text: string, source: string): ParsedText {
  if (text.length > MAX_SIZE) {
    return problem(source, `The text has ${text.length} characters.`, `Keep it under ${MAX_SIZE}.`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.slice(0, 20).map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return {
          source,
          line,
          column: col,
          path: '',
          message: `It is not valid YAML or JSON (${error.code}).`,
          remedy:
            error.code === 'DUPLICATE_KEY' ? 'Remove one of the two keys.' : 'Mend the text at this place.',
        };
      }),
    };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return {
      ok: true,
      value,
      place(path) {
        for (let length = path.length; length >= 0; length--) {
          const node = document.getIn(path.slice(0, length), true);
          if (!isNode(node) || !node.range) continue;
          const { line, col } = lines.linePos(node.range[0]);
          return { line, column: col };
        }
        return {};
      },
    };
  } catch {
    return problem(source, 'Its aliases expand to too much.', 'Write the values out.');
  }
}

function problem(source: string, message: string, remedy: string): ParsedText {
  return { ok: false, problems: [{ source, path: '', message, remedy }] };
}
