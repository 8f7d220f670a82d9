/** Reads .github/workflows/deploy.yml as far as it is used, and throws at everything else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const VARIABLES = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const STEP = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  env: VARIABLES.default({}),
  run: z.string().optional(),
  shell: z.literal('bash').optional(),
  'continue-on-error': z.boolean().default(false),
  uses: z.string().optional(),
  with: VARIABLES.default({}),
});
export type Step = z.infer<typeof STEP>;

const JOB = z.strictObject({
  needs: z
    .union([z.string(), z.array(z.string())])
    .transform((needs) => [needs].flat())
    .default([]),
  'runs-on': z.literal('ubuntu-latest'),
  'timeout-minutes': z.number(),
  environment: z.string().optional(),
  permissions: z.record(z.string(), z.string()),
  outputs: VARIABLES.default({}),
  env: VARIABLES.default({}),
  steps: z.array(STEP),
});
export type Job = z.infer<typeof JOB>;

const WORKFLOW = z.strictObject({
  name: z.string(),
  on: z.unknown(),
  permissions: z.unknown(),
  concurrency: z.unknown(),
  env: VARIABLES.default({}),
  jobs: z.record(z.string(), JOB),
});
export type Workflow = z.infer<typeof WORKFLOW>;

/** Throws a ZodError where the workflow holds what the rehearsal does not play. */
export function readWorkflow(folder: string): Workflow {
  return WORKFLOW.parse(parse(readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8')));
}
