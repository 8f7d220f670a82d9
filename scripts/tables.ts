/** The tables of README and docs/ that are made from the sources, in Markdown. */

import { REFUSALS } from '../src/domain/problems/catalogue/http.js';
import { CATALOGUE } from '../src/domain/problems/catalogue.js';
import type { Explained } from '../src/domain/problems/explained.js';
import { OUTCOMES } from '../src/domain/runs/outcomes.js';
import { requestTable } from '../src/functions/http/describe.js';

/** A page's table: it stands between two comments that have its name. */
export interface PageTable {
  readonly page: string;
  readonly name: string;
  readonly markdown: string;
}

/** A table with a row for each explanation: all the words that it is for, in the order of the sources. */
function tableOf(head: readonly string[], rows: readonly string[]): string {
  return [rowOf(head), rowOf(head.map(() => '---')), ...rows].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`;
}

function rowsOf<E extends Explained>(
  table: Readonly<Record<string, E>>,
  cellsOf: (explained: E) => readonly string[] = () => [],
): readonly string[] {
  const words = new Map<E, string[]>();
  for (const [word, explained] of Object.entries(table)) {
    words.set(explained, [...(words.get(explained) ?? []), `\`${word}\``]);
  }
  return [...words].map(([explained, together]) =>
    rowOf([together.join(', '), ...cellsOf(explained), explained.meaning, explained.remedy]),
  );
}

function problems(): string {
  const rows = Object.entries(CATALOGUE).flatMap(([subject, codes]) => [
    rowOf([`**${subject}**`, '', '']),
    ...rowsOf<Explained>(codes),
  ]);
  return tableOf(['code', 'what it means', 'what to do'], rows);
}

function refusals(): string {
  const rows = rowsOf(REFUSALS, ({ status }) => [String(status)]);
  return tableOf(['`urn:airlock:problem:…`', 'status', 'what it means', 'what to do'], rows);
}

function outcomes(): string {
  return tableOf(['outcome', 'what it means', 'what to do'], rowsOf<Explained>(OUTCOMES));
}

export const PAGE_TABLES: readonly PageTable[] = [
  { page: 'README.md', name: 'requests', markdown: requestTable() },
  { page: 'docs/problems.md', name: 'problems', markdown: problems() },
  { page: 'docs/problems.md', name: 'refusals', markdown: refusals() },
  { page: 'docs/reference.md', name: 'outcomes', markdown: outcomes() },
];

/**
 * A page with its table in place of what stood there.
 *
 * @throws where the page has no place for it
 */
export function withTable(text: string, { page, name, markdown }: PageTable): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`${page} has no place for its table: put the lines ${begin} and ${end} back into it.`);
  }
  return `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`;
}
