/**
 * `npm run docs`: renders the pictures of docs/ from their sources, with Graphviz compiled to WebAssembly, and writes the
 * table of requests in README from the table of operations.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';
import { commandLine } from '../infra/scripts/commandLine.mjs';
import { importSources } from './sources.mjs';

commandLine(
  'Usage: npm run docs\nRenders the pictures of docs/, and writes the table of requests in README.',
);

const viz = await instance();
for (const source of readdirSync('docs').filter((file) => file.endsWith('.dot'))) {
  const svg = viz.renderString(readFileSync(`docs/${source}`, 'utf8'), { format: 'svg' });
  writeFileSync(`docs/${source.replace(/\.dot$/, '.svg')}`, svg);
}

const { requestTable } = await importSources(
  `export { requestTable } from './src/functions/http/describe.ts';`,
);
const [begin, end] = ['<!-- requests: begin -->', '<!-- requests: end -->'];
const readme = readFileSync('README.md', 'utf8');
const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
if (from < 0 || to < from) {
  console.error(`README.md has no place for the table of requests: put back the lines ${begin} and ${end}.`);
  process.exit(1);
}
writeFileSync('README.md', `${readme.slice(0, from)}${begin}\n\n${requestTable()}\n\n${readme.slice(to)}`);
