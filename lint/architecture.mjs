/** The tables of docs/architecture.md: what says there what may import what is what the linter and the tests go by. */
import { readFileSync } from 'node:fs';

const PAGE = new URL('../docs/architecture.md', import.meta.url);

/**
 * Rows of the table under a heading: the names in backquotes of each cell, without their slash.
 *
 * @param {string} heading
 * @returns {string[][][]}
 */
export function tableUnder(heading) {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => [...cell.matchAll(/`([^`]+?)\/?`/g)].map(([, name = '']) => name)));
}
