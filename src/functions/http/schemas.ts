/** The HTTP API's bodies, as zod schemas: the source of the checks and of the OpenAPI description. */
import * as z from 'zod';

export const startRequest = z
  .strictObject({
    action: z.enum(['enable', 'check']).describe('`check` proves access and changes no setting.'),
    dryRun: z.boolean().default(false).describe('With `enable`: make the plan, change nothing.'),
    runtime: z
      .string()
      .max(1024)
      .optional()
      .describe('Resource id of one integration runtime; this or `profile`.'),
    profile: z.string().max(63).optional().describe('Name of a profile: every runtime that it matches.'),
  })
  .refine((body) => (body.runtime === undefined) !== (body.profile === undefined), {
    path: ['runtime'],
    message: 'Give either runtime or profile.',
  })
  .refine((body) => !(body.dryRun && body.action === 'check'), {
    path: ['dryRun'],
    message: 'A dry run goes with enable; a check changes no setting anyway.',
  })
  // Refinements have no counterpart in JSON Schema: this is what the first one says.
  .meta({ description: 'What to start.', oneOf: [{ required: ['runtime'] }, { required: ['profile'] }] });

export const runStatus = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']);

export const listQuery = z.strictObject({
  status: runStatus.optional().describe('Only runs of this status.'),
  target: z.string().max(1024).optional().describe('Only runs on this runtime (resource id) or profile.'),
  top: z.coerce
    .number('It must be a whole number from 1 to 200')
    .int('It must be a whole number from 1 to 200')
    .min(1, 'It must be a whole number from 1 to 200')
    .max(200, 'It must be a whole number from 1 to 200')
    .default(50)
    .describe('How many runs.'),
  before: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z~[a-z0-9-]{1,100}$/,
      'It must be `next` of the page before',
    )
    .optional()
    .describe('`next` of the page before.'),
});

export const startedRun = z
  .object({
    id: z.string().describe('Id of the run.'),
    status: runStatus,
    statusUrl: z.string().describe('Where to read the run, relative to the app.'),
  })
  .describe('A run that was started.');

const trailEntry = z.object({ at: z.string(), step: z.string(), outcome: z.string() });

export const runView = z
  .object({
    id: z.string(),
    action: z.enum(['enable', 'check', 'plan']),
    target: z.string().describe('Resource id of the runtime, or the name of the profile.'),
    startedBy: z.record(z.string(), z.unknown()),
    status: runStatus,
    cancelRequested: z.boolean().optional().describe('Whether somebody asked it to stop; not in lists.'),
    createdAt: z.string(),
    updatedAt: z.string(),
    step: z.object({ name: z.string(), since: z.string() }).optional().describe('The step under way.'),
    outcome: z.string().optional().describe('How the run ended; see the README.'),
    summary: z.string().optional(),
    problem: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).optional(),
    changed: z.boolean().optional(),
    plan: z.record(z.string(), z.unknown()).optional(),
    proof: z.record(z.string(), z.unknown()).optional(),
    otherRunId: z.string().optional().describe('With the outcome `busy`: the run that works on the runtime.'),
    result: z.record(z.string(), z.unknown()).optional().describe('Counts and runs of a run over a profile.'),
    trail: z.array(trailEntry).optional().describe('The audit trail.'),
  })
  .describe('A run.');

export const runList = z
  .object({ runs: z.array(runView), next: z.string().optional().describe('Pass it as `before` for more.') })
  .describe('Runs, newest first.');

export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .describe('What is wrong (RFC 9457).');
