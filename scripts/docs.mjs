/**
 * `npm run docs`: renders the pictures of docs/ from their sources, with Graphviz compiled to WebAssembly, and writes the
 * tables that are made from the sources.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { importSources } from './sources.mjs';

commandLine('Usage: npm run docs\nRenders the pictures of docs/, and writes its tables, from the sources.');

const viz = await instance();
for (const source of readdirSync('docs').filter((file) => file.endsWith('.dot'))) {
  const svg = viz.renderString(readFileSync(`docs/${source}`, 'utf8'), { format: 'svg' });
  writeFileSync(`docs/${source.replace(/\.dot$/, '.svg')}`, svg);
}

const { PAGE_TABLES, withTable } = await importSources(`export * from './scripts/tables.ts';`);
for (const table of PAGE_TABLES) {
  writeFileSync(table.page, withTable(readFileSync(table.page, 'utf8'), table));
}
