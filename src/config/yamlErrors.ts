/** What YAML's parser refuses, in words for somebody who does not know its terms. */

interface Words {
  readonly message: string;
  readonly remedy: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: {
    message: 'A tab indents this line, where YAML takes blanks alone.',
    remedy: 'Put blanks in its place, two for each level.',
  },
  DUPLICATE_KEY: { message: 'This name stands here twice.', remedy: 'Remove one of the two keys.' },
  BAD_INDENT: {
    message: 'This is not indented as what it belongs to, or a bracket before it is left open.',
    remedy: 'Let what belongs together begin in the same column.',
  },
  MISSING_CHAR: {
    message: 'A quote, a bracket or a comma is missing here.',
    remedy: 'Close what was opened.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A second name with a colon stands in this line.',
    remedy: 'Put a text that has a colon and a blank between quotes, or begin a new line.',
  },
  BAD_SCALAR_START: {
    message: 'No text begins with this sign in YAML.',
    remedy: 'Put the text between quotes.',
  },
  MULTIPLE_DOCS: {
    message: 'There are several documents in one file.',
    remedy: 'Keep one: remove --- and what belongs to the others.',
  },
  BAD_ALIAS: {
    message: 'A * without quotes begins an alias, and this one has no name.',
    remedy: 'Where it stands for any name, put it between quotes: "*".',
  },
};

/** @param code of the package `yaml` */
export function yamlError(code: string): Words {
  const known = WORDS[code];
  const message = known?.message ?? 'It is not valid YAML or JSON.';
  return { message: `${message} (${code})`, remedy: known?.remedy ?? 'Fix the text at this place.' };
}

export function unknownAlias(name: string): Words {
  return {
    message: `A * without quotes begins an alias, and there is no anchor &${name.slice(0, 40)} before it.`,
    remedy: `Where it is a pattern, put it between quotes: "*${name.slice(0, 40)}".`,
  };
}
