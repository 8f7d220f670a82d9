import { readdirSync, readFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { bicepFiles } from './bicep.js';

const read = (path: string) => readFileSync(projectFile(path), 'utf8');

describe('the documentation', () => {
  it('has a section for every alert', () => {
    const told = bicepFiles().flatMap(({ text }) => [
      ...text.matchAll(/See docs\/operations\.md, "([^"]+)"/g),
    ]);
    const sections = [...read('docs/operations.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

    expect(told.map(([, section]) => section).sort()).toEqual(sections.sort());
  });

  it('names every file of the templates', () => {
    const page = read('infra/README.md');
    for (const { path } of bicepFiles()) expect(page).toContain(path.split('/').at(-1));
  });

  it('shows pictures as their sources say', async () => {
    const viz = await instance();
    for (const source of readdirSync(projectFile('docs')).filter((name) => name.endsWith('.dot'))) {
      const svg = viz.renderString(read(`docs/${source}`), { format: 'svg' });

      expect(read(`docs/${source.replace(/\.dot$/, '.svg')}`)).toBe(svg);
    }
  });

  it('counts executions as its formula says', () => {
    const page = read('docs/cost.md');
    const told = [...page.matchAll(/^\| ([\d,]+) \| ([\d,]+) \|$/gm)].map(
      ([, runtimes = '', executions = '']) =>
        [runtimes, executions].map((text) => Number(text.replaceAll(',', ''))),
    );
    const [, ...counted] =
      /`(\d+) × (\d+) \+ N × (\d+) × (\d+) \+ N × (\d+) × (\d+) \+ 0\.22 × \(([\d,]+) \+ (\d+) × N\)`/.exec(
        page,
      ) ?? [];
    const [sweeps = 0, sweep = 0, writes = 0, enabling = 0, checks = 0, check = 0, rotation = 0, moving = 0] =
      counted.map((text) => Number(text.replaceAll(',', '')));

    expect(told.map(([runtimes]) => runtimes)).toEqual([10, 100, 1_000]);
    for (const [n = 0, executions] of told) {
      const kept = n * (writes * enabling + checks * check);
      const sum = sweeps * sweep + kept + (30 / 135) * (rotation + moving * n);
      expect(Math.round(sum)).toBe(executions);
    }
  });

  it('adds the costs up', () => {
    const rows = read('docs/cost.md')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const numbers = (row: string) => [...row.matchAll(/(?<=\| \**)[\d.]+(?=\** )/g)].map(Number).slice(-3);
    const priced = rows.slice(rows.findIndex((row) => row.includes('execution time')));
    const together = priced.findIndex((row) => row.startsWith('| **together, 2,048'));
    const sums = [0, 1, 2].map((i) =>
      priced
        .slice(0, together)
        .filter((row) => !row.startsWith('| (the same'))
        .reduce((sum, row) => sum + (numbers(row)[i] ?? 0), 0),
    );

    expect(sums.map((sum) => sum.toFixed(2))).toEqual(
      [...(priced[together] ?? '').matchAll(/\*\*([\d.]+)\*\*/g)].map(([, sum]) => sum),
    );
  });
});
