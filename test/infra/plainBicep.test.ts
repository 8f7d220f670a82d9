import { describe, expect, it } from 'vitest';
import { plainBicep } from '../../scripts/plainBicep.mjs';
import { bicepFiles } from './bicep.js';
import { parse } from './evaluate/parse.js';

describe.each(bicepFiles().filter(({ path }) => path !== 'types.bicep'))(
  'what checkov reads of $path',
  ({ path, text }) => {
    const plain = plainBicep(text);

    it('declares the same', () => {
      const declared = parse(text, path).filter(({ keyword }) => keyword !== 'import');

      expect(parse(plain, path)).toEqual(declared);
    });

    it('is on the lines that its parser knows', () => {
      expect(plain).not.toMatch(/\[\n *for |\n *[?:] |^import |^(?:param|output) \w+ \w+\[\]/m);
    });
  },
);
