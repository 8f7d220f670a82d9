import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';

const SHELL = z.strictObject({
  shell: z.enum(['sh', 'pwsh']),
  continueOnError: z.boolean().optional(),
  run: z.string(),
});
const HOOKS = z.record(z.string(), z.strictObject({ posix: SHELL, windows: SHELL }));

const text = readFileSync(projectFile('azure.yaml'), 'utf8');
const { requiredVersions, hooks, services } = z
  .looseObject({
    requiredVersions: z.object({ azd: z.string() }),
    hooks: HOOKS,
    services: z.object({
      airlock: z.looseObject({ dist: z.string(), remoteBuild: z.boolean(), hooks: HOOKS }),
    }),
  })
  .parse(parse(text));
const all = { ...hooks, ...services.airlock.hooks };

describe('azure.yaml', () => {
  it('names files that are there', () => {
    for (const [script] of text.matchAll(/infra\/scripts\/\w+\.mjs/g)) {
      expect(existsSync(projectFile(script)), script).toBe(true);
    }
  });

  it('keeps out versions of azd that would delete the groups of factories and vaults', () => {
    expect(requiredVersions.azd).toBe('>= 1.24.1');
  });

  it.each(Object.entries(all))('runs one line at %s, the same on Windows', (_name, { posix, windows }) => {
    expect(windows).toEqual({ ...posix, shell: 'pwsh' });
    expect(posix.shell).toBe('sh');
    expect(posix.run).not.toContain('\n');
    // A variable is written otherwise in the other shell.
    expect(posix.run).not.toContain('$');
  });

  it('checks first, waits for roles before the upload, subscribes after it', () => {
    expect(Object.fromEntries(Object.entries(all).map(([name, { posix }]) => [name, posix.run]))).toEqual({
      preup: 'npm run --silent config:check -- airlock.yaml && node infra/scripts/check.mjs',
      preprovision: 'node infra/scripts/check.mjs && node infra/scripts/shells.mjs',
      postprovision: 'node infra/scripts/graph.mjs',
      postdown: 'azd env set AIRLOCK_SUBSCRIBE false',
      prepackage: 'npm run --silent package',
      predeploy: 'node infra/scripts/deploy.mjs wait-for-roles',
      postdeploy: 'node infra/scripts/deploy.mjs subscribe --azd',
    });
    // Whoever may not grant in Microsoft Graph deploys all the same; nothing else is passed over.
    expect(
      Object.entries(all).flatMap(([name, { posix }]) => (posix.continueOnError === true ? [name] : [])),
    ).toEqual(['postprovision']);
  });

  it('uploads what the package script makes, and what the build that azd runs after it leaves alone', () => {
    const { airlock } = services;
    const [, out] =
      /default: '([^']+)' \}/.exec(readFileSync(projectFile('scripts/package.mjs'), 'utf8')) ?? [];
    const build = readFileSync(projectFile('scripts/build.mjs'), 'utf8');
    const cleared = [...build.matchAll(/removeFolder\('([^']+)'/g)].map(([, folder]) => folder);

    expect(airlock).toMatchObject({ dist: `${out}/unzipped`, remoteBuild: false });
    expect(cleared).toHaveLength(2);
    expect(cleared).not.toContain(airlock.dist.split('/')[0]);
    // azd refuses `remoteBuild: false` beside one that leaves node_modules out.
    expect(existsSync(projectFile('.funcignore'))).toBe(false);
  });
});
