/** Runs the workflow as GitHub does: its jobs in order, each in an empty folder, step after step. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAME, LOCATION, SUBSCRIPTION, TENANT } from '../cloud/names.js';
import { type RehearsalContext, showIn } from '../context.js';
import type { Variables } from '../machine/machine.js';
import { ActionFailed, act, type Runner } from './actions.js';
import { type Job, readWorkflow, type Step, type Workflow } from './deployYml.js';
import { type Contexts, evaluateExpression, resolve } from './expressions.js';

/** Variables of the GitHub environment. */
const VARS: Variables = {
  AZURE_CLIENT_ID: '77777777-7777-7777-7777-777777777777',
  AZURE_TENANT_ID: TENANT,
  AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
  AZURE_ENV_NAME: ENVIRONMENT_NAME,
  AZURE_LOCATION: LOCATION,
};

/** What a runner sets, as far as scripts look at it. */
const RUNNER: Variables = { CI: 'true', GITHUB_ACTIONS: 'true' };

export interface WorkflowOptions {
  /** The user's repository. */
  readonly repository: string;
  /** Puts a checkout of it into an empty folder. */
  readonly checkOut: (folder: string) => void;
}

/** Runs .github/workflows/deploy.yml once; false where it failed. */
export async function runWorkflow(
  context: RehearsalContext,
  { repository, checkOut }: WorkflowOptions,
): Promise<boolean> {
  const workflow = readWorkflow(repository);
  const place = join(context.machine.folder, 'runner');
  rmSync(place, { recursive: true, force: true });
  const artifacts = join(place, 'artifacts');
  mkdirSync(artifacts, { recursive: true });
  const done = new Set<string>();
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const missing = job.needs.filter((one) => !done.has(one));
    if (missing.length > 0)
      throw new Error(`deploy.yml: ${name} needs ${missing.join()}, which stands after it.`);
    const folder = join(place, name);
    mkdirSync(folder);
    const runner: Runner = {
      folder,
      artifacts,
      checkOut,
      signIn(subscription) {
        context.signIn.subscriptions = [subscription];
      },
    };
    // Each job has a runner of its own, on which nobody is signed in.
    context.signIn.subscriptions = [];
    if (!(await runJob(context, workflow, job, runner))) return false;
    done.add(name);
  }
  return true;
}

async function runJob(
  context: RehearsalContext,
  workflow: Workflow,
  job: Job,
  runner: Runner,
): Promise<boolean> {
  const steps: Record<string, Contexts> = {};
  const base: Contexts = { vars: VARS, inputs: { environment: 'production' }, steps };
  const given = { ...workflow.env, ...job.env };
  const env = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, resolve(text, base)]));
  const output = join(runner.folder, '..', 'output');
  const variables = join(runner.folder, '..', 'environment');
  writeFileSync(variables, '');
  for (const step of job.steps) {
    const added = Object.fromEntries(pairsIn(readFileSync(variables, 'utf8')));
    const contexts: Contexts = { ...base, env: { ...env, ...added } };
    if (
      step.if !== undefined &&
      evaluateExpression(step.if.replace(/^\$\{\{|\}\}$/g, '').trim(), contexts) === 'false'
    )
      continue;
    writeFileSync(output, '');
    const environment = {
      ...RUNNER,
      ...env,
      ...added,
      ...resolved(step.env, contexts),
      GITHUB_OUTPUT: output,
      GITHUB_ENV: variables,
    };
    const succeeded = await runStep(context, step, contexts, environment, runner);
    if (!succeeded && !step['continue-on-error']) return false;
    if (step.id !== undefined)
      steps[step.id] = { outputs: Object.fromEntries(pairsIn(readFileSync(output, 'utf8'))) };
  }
  return true;
}

async function runStep(
  context: RehearsalContext,
  step: Step,
  contexts: Contexts,
  environment: Variables,
  runner: Runner,
): Promise<boolean> {
  const show = showIn(context, step.name ?? step.uses?.split('@')[0] ?? step.run?.split('\n')[0] ?? '');
  if (step.uses !== undefined) {
    try {
      act(step.uses, resolved(step.with, contexts), runner);
      return true;
    } catch (error) {
      if (!(error instanceof ActionFailed)) throw error;
      show(`Error: ${error.message}`);
      return false;
    }
  }
  // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
  const shell =
    step.shell === undefined ? ['bash', '-e'] : ['bash', '--noprofile', '--norc', '-eo', 'pipefail'];
  const text = resolve(step.run ?? '', contexts);
  const code = await context.machine.run({ text, shell, folder: runner.folder, environment }, show);
  if (code !== 0) show(`Error: Process completed with exit code ${code}.`);
  return code === 0;
}

function resolved(texts: Variables, contexts: Contexts): Variables {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, resolve(text, contexts)]));
}

/** `name=value`, a line each. Throws at the form of several lines, which nobody uses here. */
function pairsIn(text: string): readonly (readonly [string, string])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`An output "${line}" is not known here.`);
      return [line.slice(0, at), line.slice(at + 1)] as const;
    });
}
