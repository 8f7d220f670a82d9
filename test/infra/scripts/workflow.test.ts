import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFile } from '../../../local/project.js';
import { compiled } from './compiled.js';
import { ELSEWHERE, type Ended, FRESH, HERE, Machine, type State } from './machine.js';
import { AIRFLOW } from './rules.js';

const STEP = z.looseObject({
  name: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  run: z.string().optional(),
});
const { jobs } = z
  .looseObject({
    jobs: z.object({
      package: z.looseObject({ steps: z.array(STEP) }),
      deploy: z.looseObject({ env: z.record(z.string(), z.string()), steps: z.array(STEP) }),
    }),
  })
  .parse(parse(readFileSync(projectFile('.github/workflows/deploy.yml'), 'utf8')));

const VARIABLES: Readonly<Record<string, string>> = {
  'vars.AZURE_ENV_NAME': 'prod',
  'vars.AZURE_LOCATION': 'westeurope',
  'vars.AZURE_TENANT_ID': HERE.tenantId,
  'vars.AZURE_SUBSCRIPTION_ID': HERE.id,
};

const machine = new Machine();
const checkout = mkdtempSync(join(tmpdir(), 'airlock-checkout-'));
// What the job has: the checkout and the artifact, and nothing of npm.
cpSync(projectFile('infra'), join(checkout, 'infra'), { recursive: true });
mkdirSync(join(checkout, 'package'));
writeFileSync(join(checkout, 'package', 'airlock-0.1.0.zip'), '');
const outputFile = join(checkout, 'output');
const parameters = join(checkout, 'parameters.json');
afterAll(() => {
  machine.remove();
  rmSync(checkout, { recursive: true, force: true });
});
beforeEach(() => {
  machine.state = FRESH;
  writeFileSync(outputFile, '');
  write(AIRFLOW.readers);
});

function write(readers: readonly string[]): void {
  writeFileSync(parameters, JSON.stringify(compiled({ airflowVaults: [{ ...AIRFLOW, readers }] })));
}

/** Runs what the job `deploy` says, as a runner does, until a step fails. */
async function deploy(state: Partial<State>): Promise<readonly { readonly name: string; ended: Ended }[]> {
  machine.state = { ...FRESH, ...state };
  const known: Record<string, string> = { ...VARIABLES };
  const ran: { name: string; ended: Ended }[] = [];
  const { steps, env } = jobs.deploy;
  for (const { name = 'check', id, run, env: own } of steps) {
    if (run === undefined) continue;
    const values = Object.entries({ ...env, ...own }).map(([variable, text]) => [
      variable,
      text.replace(/\$\{\{ (\S+) \}\}/g, (_all, expression: string) => known[expression] ?? ''),
    ]);
    machine.env = { ...Object.fromEntries(values), GITHUB_OUTPUT: outputFile, FAKE_BICEP: parameters };
    const ended = await machine.run(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run],
      checkout,
    );
    ran.push({ name, ended });
    if (ended.code !== 0) break;
    for (const line of readFileSync(outputFile, 'utf8').split('\n').filter(Boolean)) {
      const [output, ...value] = line.split('=');
      known[`steps.${id}.outputs.${output}`] ??= value.join('=');
    }
  }
  return ran;
}

const signIn = () => jobs.deploy.steps.findIndex(({ uses }) => uses?.startsWith('azure/login@'));

describe('what deploy.yml runs', () => {
  it('deploys, uploads and subscribes, though az gives the names of outputs back in another case', async () => {
    const ran = await deploy({});

    expect(ran.map(({ name, ended }) => [name, ended.code])).toEqual([
      ['check', 0],
      ['Deploy the templates', 0],
      ['Deploy the app', 0],
      ['Subscribe it to events', 0],
    ]);
    expect(machine.state.changes).toEqual([
      `deploy airlock-prod to westeurope, events false in ${HERE.id}`,
      `upload airlock-0.1.0.zip to rg-prod/func-airlock-x in ${HERE.id}`,
      `deploy airlock-prod to westeurope, events true in ${HERE.id}`,
    ]);
  });

  it('stops at a missing output, before anything is uploaded to it', async () => {
    const { airlocK_FUNCTION_APP: _gone, ...outputs } = FRESH.outputs;
    const ran = await deploy({ outputs });

    expect(ran.map(({ name, ended }) => [name, ended.code])).toEqual([
      ['check', 0],
      ['Deploy the templates', 1],
    ]);
    expect(ran[1]?.ended.lines.join()).toContain('without the output AIRLOCK_FUNCTION_APP');
  });

  it('gets over what passes, and ends with words at the rest', async () => {
    const passing = await deploy({
      uploadFaults: ['InaccessibleStorageException (403)', 'InaccessibleStorageException (403)'],
      functionFaults: { runtimeEvents: ['Not Found({"Code":"NotFound"})'] },
      deploymentFaults: ['', 'Managed Identity Authorization Error'],
    });
    const lasting = await deploy({ uploadFaults: ['(ResourceNotFound) as Azure says it'] });

    expect(passing.map(({ ended }) => ended.code)).toEqual([0, 0, 0, 0]);
    expect(lasting.map(({ ended }) => ended.code)).toEqual([0, 0, 1]);
    expect(lasting[2]?.ended.lines.at(-1)).toContain('Then run it again');
  });

  it('stops before anything is deployed where az is signed in elsewhere', async () => {
    const ran = await deploy({ accounts: { signedIn: ELSEWHERE, seen: [ELSEWHERE] } });

    expect(ran.map(({ ended }) => ended.code)).toEqual([0, 1]);
    expect(ran[1]?.ended.lines[1]).toContain(`az login --tenant ${HERE.tenantId}`);
    expect(machine.state.changes).toEqual([]);
  });

  it('stops before anything is deployed where the parameters are wrong', async () => {
    write(['airflow']);
    const ran = await deploy({});

    expect(ran.map(({ ended }) => ended.code)).toEqual([1]);
    expect(ran[0]?.ended.lines[0]).toContain("'airflow' is no object id");
    expect(machine.state.changes).toEqual([]);
  });
});

describe('the job that holds the token', () => {
  const runs = jobs.deploy.steps.map(({ run = '' }) => run);

  it('runs nothing of npm', () => {
    for (const run of runs) expect(run).not.toMatch(/\bnp[mx]\b/);
  });

  it('checks the parameters with the variables of its environment before it signs in', () => {
    const check = runs.indexOf('node infra/scripts/check.mjs --parameters-only');

    expect(check).toBeGreaterThan(-1);
    expect(check).toBeLessThan(signIn());
  });

  it('follows a job that checks configuration and parameters together', () => {
    expect(jobs.package.steps.map(({ run }) => run)).toContain('npm run --silent infra:check');
  });
});
