/** That rotation strategies stay behind their port: the rules go by what follows from one, never by its name. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { STRATEGIES } from '../../../src/credentials/strategies.js';
import { PROFILE } from '../domain/settings/bodies.js';

const { credential } = PROFILE;

describe('rotation strategies', () => {
  it('are found by their names, each with an issuer that makes keys where the app does', async () => {
    expect(STRATEGIES.all.map(({ name }) => name)).toEqual(['graph', 'external']);
    for (const strategy of STRATEGIES.all) {
      expect(STRATEGIES.named(strategy.name)).toBe(strategy);
      const issuer = await strategy.connect({} as never);
      expect(issuer.mint !== undefined).toBe(strategy.mints);
    }
    expect(STRATEGIES.otherwise.mints).toBe(false);
  });

  it('are those that a checked configuration names, and no others', () => {
    expect(STRATEGIES.of(credential).name).toBe('graph');
    expect(() => STRATEGIES.named('none')).toThrow('There is no rotation strategy none.');
  });

  it('are named by nobody else, neither as values nor in what people are told', () => {
    const names = `(?:${STRATEGIES.all.map(({ name }) => name).join('|')})`;
    const named = new RegExp(
      `(?:[=!]==? *|case *|strategy: *)'${names}'|strategy:? ${names}\\b|\`${names}\``,
    );
    const naming = globSync('src/**/*.ts', { cwd: projectFile() })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !path.startsWith('src/credentials/'))
      .filter((path) => named.test(readFileSync(projectFile(path), 'utf8')));

    // That one asks for a token, for Microsoft Graph.
    expect(naming).toEqual(['src/azure/ownAccess.ts']);
  });
});
