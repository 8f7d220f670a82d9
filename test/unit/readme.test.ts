import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_TABLES, withTable } from '../../scripts/tables.js';
import { APP_SETTINGS } from '../../src/config/appSettings.js';

const root = new URL('../../', import.meta.url).pathname;
const page = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the documentation', () => {
  it.each(PAGE_TABLES)('has the table of $name in $page as the sources have it (npm run docs)', (table) => {
    expect(page(table.page)).toBe(withTable(page(table.page), table));
  });

  it('names every app setting', () => {
    const readme = page('README.md');
    for (const { name } of APP_SETTINGS) expect(readme).toContain(`\`${name}\``);
  });
});

describe('a page without a place for its table', () => {
  it('is not written', () => {
    const table = { page: 'docs/x.md', name: 'x', markdown: '| a |' };

    expect(() => withTable('<!-- x: begin -->', table)).toThrow(/docs\/x\.md has no place/);
    expect(withTable('a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb', table)).toBe(
      'a\n<!-- x: begin -->\n\n| a |\n\n<!-- x: end -->\nb',
    );
  });
});
