/** `npm run docs`: renders the pictures of docs/ from their sources, with Graphviz compiled to WebAssembly. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';
import { commandLine } from '../infra/scripts/commandLine.mjs';

commandLine('Usage: npm run docs\nRenders the pictures of docs/ from their sources.');

const viz = await instance();
for (const source of readdirSync('docs').filter((file) => file.endsWith('.dot'))) {
  const svg = viz.renderString(readFileSync(`docs/${source}`, 'utf8'), { format: 'svg' });
  writeFileSync(`docs/${source.replace(/\.dot$/, '.svg')}`, svg);
}
