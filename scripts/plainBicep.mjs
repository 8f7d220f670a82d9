/**
 * Bicep as checkov's parser reads it, which is older than the compiler: loops and choices on one line, no types but the
 * built-in ones, no imports. Says the same of every resource.
 */

const BUILT_IN = new Set(['array', 'bool', 'int', 'object', 'string']);

/** @param {string} text a file of Bicep, as `bicep format` writes it */
export function plainBicep(text) {
  const plain = text
    .replace(/^import .*\n\n?/gm, '')
    .replace(/^((?:param|output) \w+ )(\w+)(\[\])?/gm, (_all, before, type, list) => {
      if (list !== undefined) return `${before}array`;
      return before + (BUILT_IN.has(type) ? type : 'object');
    })
    .replace(/\n *([?:] )/g, ' $1')
    // Values in a list are parted by lines, arguments by commas.
    .replace(/\(\n */g, '(')
    .replace(/^((?! *\/\/).*,)\n */gm, '$1 ')
    .replace(/\n *\)/g, ')');
  return onOneLine(plain);
}

/**
 * Begins and ends each loop where its brackets are.
 *
 * @param {string} text
 * @returns {string}
 */
function onOneLine(text) {
  const begin = /\[\n *for /.exec(text);
  if (begin === null) return text;
  const before = text.slice(0, begin.index);
  const inside = text.slice(begin.index + begin[0].length);
  const end = endOf(inside);
  const body = inside.slice(0, end).trimEnd();
  return onOneLine(`${before}[for ${body}${inside.slice(end)}`);
}

/**
 * Where the bracket is closed that was opened before.
 *
 * @param {string} text
 */
function endOf(text) {
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[') depth += 1;
    if (text[at] === ']') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error('A loop is not closed.');
}
