import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';

const WORKFLOW = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.enum(['read', 'write'])),
      steps: z.array(
        z.looseObject({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.unknown().optional(),
        }),
      ),
    }),
  ),
});

const folder = projectFile('.github', 'workflows');
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  return { file: name, text, ...WORKFLOW.parse(parse(text)) };
});

const { scripts } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { scripts: object };

describe.each(workflows)('$file', ({ file, text, permissions, jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('allows nothing but what a job asks for', () => {
    const writing = Object.entries(jobs).flatMap(([job, { permissions: held }]) =>
      Object.entries(held)
        .filter(([, level]) => level === 'write')
        .map(([scope]) => `${job}: ${scope}`),
    );
    const expected: Record<string, string[]> = {
      'deploy.yml': ['deploy: id-token'],
      'release.yml': ['publish: contents', 'publish: id-token', 'publish: attestations'],
    };

    expect(permissions).toEqual({});
    expect(writing).toEqual(expected[file] ?? []);
  });

  it('pins every action by commit, and says its version', () => {
    const used = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);

    expect(used.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const action of used) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('writes nothing from outside into a script, and leaves no token in the checkout', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
    expect(text).not.toMatch(/pull_request_target|secrets\./);
  });

  it('runs only what package.json has', () => {
    for (const [, script] of text.matchAll(/npm (?:run (?:--silent )?)([\w:]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
  });
});

it('one version of an action is used everywhere', () => {
  const used = new Set(
    workflows.flatMap(({ text }) => [...text.matchAll(/uses: (\S+@\S+)/g)].map(([, one]) => one)),
  );
  const names = [...used].map((one) => one?.split('@')[0]);

  expect(new Set(names).size).toBe(used.size);
});

describe('a suite besides npm test', () => {
  // infra:check looks at the values of one's own, of which a checkout has none.
  const suites = Object.keys(scripts).filter((script) => /^(test:|deploy:|infra:(?!check$))/.test(script));
  const ci = workflows.find(({ file }) => file === 'ci.yml');

  it.each(suites)('%s is a job of its own, and .ci/run has it', (suite) => {
    const jobs = Object.values(ci?.jobs ?? {}).filter(({ steps }) =>
      steps.some(({ run = '' }) => new RegExp(`npm run (--silent )?${suite}\\b`).test(run)),
    );

    expect(jobs.length).toBe(1);
    expect(readFileSync(projectFile('.ci', 'run'), 'utf8')).toContain(suite);
  });
});
