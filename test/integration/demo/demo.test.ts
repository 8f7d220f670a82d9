/** `npm start` goes through all its parts, and the README shows what it prints. `RECORD_DEMO=1` writes that there. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';

const README = projectFile('README.md');
const BEGIN = '<!-- from the demonstration: begin -->\n';
const END = '<!-- from the demonstration: end -->';

it('shows all its parts, and the README says what it shows', { timeout: 600_000 }, async () => {
  const printed = await demonstration();
  expect(printed.code, printed.text.slice(-2_000)).toBe(0);
  const picture = pictureOf(printed.text);
  const readme = readFileSync(README, 'utf8');
  const from = readme.indexOf(BEGIN) + BEGIN.length;
  if (process.env['RECORD_DEMO']) {
    writeFileSync(README, readme.slice(0, from) + picture + readme.slice(readme.indexOf(END)));
    return;
  }
  expect(sameEachTime(readme.slice(from, readme.indexOf(END)))).toBe(sameEachTime(picture));
});

async function demonstration(): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [projectFile('build', 'demo.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text };
}

/** The first part, and how the rotation of the fourth ends; long ids are cut. */
function pictureOf(text: string): string {
  const from = (words: string): number => text.indexOf(words);
  const first = text.slice(from('1. '), from('2. A runtime'));
  const fourth = text.slice(from('4. The client secret'), from('5. Another'));
  const [title = ''] = fourth.split('\n');
  const end = fourth.slice(fourth.indexOf('  Afterwards:'));
  const lines = [...first.trimEnd().split('\n'), '', title, '', '  …', '', ...end.trimEnd().split('\n')];
  const cut = lines.map((line) => line.trimEnd().replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, '$1…'));
  return `\n\`\`\`text\n${cut.join('\n')}\n\`\`\`\n\n`;
}

/** Without times and ids. */
function sameEachTime(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'day')
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'time')
    .replace(/\b(?:rq-)?[0-9a-f]{8,}(?:\.[0-9a-f]{8})?\b…?/g, 'id');
}
