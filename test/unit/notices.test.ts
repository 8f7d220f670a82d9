import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledPackages, thirdPartyNotices } from '../../scripts/notices.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-notices-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Installs a package with these files; gives its folder. */
function install(name: string, files: Readonly<Record<string, string>>, manifest: object = {}): string {
  const place = join(folder, 'node_modules', name);
  const all = {
    'package.json': JSON.stringify({ name, version: '1.0.0', license: 'MIT', ...manifest }),
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), text);
  }
  return place;
}

describe('the packages of a bundle', () => {
  it('are those of which code is in it, each once, also below another and with a scope', () => {
    const inputs = (...paths: string[]) =>
      Object.fromEntries(paths.map((path) => [path, { bytesInOutput: path.endsWith('unused.js') ? 0 : 9 }]));
    const outputs = {
      'dist/main.js': {
        inputs: inputs(
          'src/main.ts',
          'node_modules/two/dist/index.js',
          'node_modules/@scope/one/a.js',
          'node_modules/@scope/one/b.js',
          'node_modules/three/unused.js',
        ),
      },
      'dist/chunks/x.js': {
        inputs: inputs('node_modules/two/node_modules/inner/x.js', '(disabled):node_modules/four/x.js'),
      },
    };

    expect(bundledPackages({ outputs })).toEqual([
      'node_modules/@scope/one',
      'node_modules/two',
      'node_modules/two/node_modules/inner',
    ]);
  });
});

describe('the notices', () => {
  it('name each package, and give each licence once with those that it is of', () => {
    const folders = [
      install('b', { LICENSE: 'Licence of two.\r\n' }),
      install('a', { 'license.md': 'Licence of two.' }, { version: '2.1.0' }),
      install('c', { 'LICENSE.txt': 'Another.', NOTICE: 'Made by C.' }, { license: 'Apache-2.0' }),
    ];
    const notices = thirdPartyNotices(folders);
    const rule = '-'.repeat(80);

    expect(notices).toContain('\na 2.1.0 (MIT)\nb 1.0.0 (MIT)\nc 1.0.0 (Apache-2.0)\n');
    expect(notices).toContain(`${rule}\na 2.1.0\nb 1.0.0\n\nLicence of two.\n`);
    expect(notices).toContain(`${rule}\nc 1.0.0\n\nAnother.\n\nMade by C.\n`);
    expect(thirdPartyNotices([...folders].reverse())).toBe(notices);
  });

  it.each([
    '# A\n\nWhat it does.\n\n## License\n\nThe text.\n',
    '# A\n\nWhat it does.\n\nLicense\n-------\n\nThe text.\n',
  ])('take the text from a README where no file has it: %j', (readme) => {
    expect(thirdPartyNotices([install('a', { 'README.md': readme })])).toMatch(/a 1\.0\.0\n\nThe text\.\n$/);
  });

  it.each([
    ['says no licence', { LICENSE: 'x' }, { license: undefined }, 'a 1.0.0: its package.json names no'],
    ['has no text', { 'README.md': '# A\n\nLicense: MIT\n' }, {}, 'a 1.0.0 (MIT): there is neither a file'],
  ])('are not made where a package %s', (_, files, manifest, words) => {
    expect(() => thirdPartyNotices([install('a', files, manifest)])).toThrow(words);
  });
});
