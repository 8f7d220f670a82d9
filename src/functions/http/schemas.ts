/** The HTTP API's bodies, as zod schemas: the source of the checks and of the OpenAPI description. */
import * as z from 'zod';
import { REFUSAL_CODES, refusalType } from '../../domain/problems/catalogue/http.js';
import { PROBLEM_CODES } from '../../domain/problems/catalogue.js';
import { decision, gate, runAction, runOutcome, runStatus } from './words.js';

const TARGETS = ['runtime', 'profile', 'credential'] as const;
/** Actions without a target. */
const FOR_ALL: readonly string[] = ['sweep', 'preflight'];

export const startRequest = z
  .strictObject({
    // A plan is asked for as the dry run of an enablement.
    action: runAction
      .exclude(['plan'])
      .describe(
        '`check` proves access and changes no setting; `rotate` is for a credential; `sweep` and `preflight`, which changes nothing, are for all.',
      ),
    dryRun: z
      .boolean()
      .default(false)
      .describe('With `enable`, `rotate` and `sweep`: say what would be done, change nothing.'),
    force: z
      .boolean()
      .default(false)
      .describe('With `rotate`: also where the credential is not due, and at once after a failure.'),
    runtime: z.string().max(1024).optional().describe('Resource id of one runtime.'),
    profile: z.string().max(63).optional().describe('Name of a profile: every runtime that it matches.'),
    credential: z.string().max(63).optional().describe('Name of a credential, with `rotate`.'),
  })
  .refine(
    (body) =>
      TARGETS.filter((name) => body[name] !== undefined).length === (FOR_ALL.includes(body.action) ? 0 : 1),
    {
      path: ['runtime'],
      message: 'Give one of runtime, profile and credential; none with sweep and preflight.',
    },
  )
  .refine((body) => (body.action === 'rotate') === (body.credential !== undefined), {
    path: ['credential'],
    message: 'rotate is for a credential; enable and check are for a runtime or a profile.',
  })
  .refine((body) => !(body.dryRun && ['check', 'preflight'].includes(body.action)), {
    path: ['dryRun'],
    message: 'A dry run goes with enable, rotate and sweep; check and preflight change no setting anyway.',
  })
  .refine((body) => !(body.force && body.action !== 'rotate'), {
    path: ['force'],
    message: 'force goes with rotate.',
  })
  // Refinements have no counterpart in JSON Schema: this is what the first one says.
  .meta({
    description: 'What to start.',
    oneOf: [
      ...TARGETS.map((name) => ({ required: [name] })),
      { properties: { action: { enum: [...FOR_ALL] } } },
    ],
  });

export type StartRequest = z.output<typeof startRequest>;

/** What makes a start that is sent again the same start. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/);

export const approveRequest = z
  .strictObject({
    gate: gate.describe('The step that the rotation waits at.'),
    decision,
  })
  .describe("A person's word at a gate.");

export const overlapRequest = z
  .strictObject({
    until: z.iso
      .datetime({ offset: true })
      .describe(
        'When the overlap is to end: not sooner than in five minutes, not after `overlapLatest` of the run.',
      ),
  })
  .describe('When the old credential may be removed.');

/** Whether a text in the form of `Date.toISOString` is a date that there is. */
function isMoment(text: string): boolean {
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text;
}

export const listQuery = z.strictObject({
  status: runStatus.optional().describe('Only runs of this status.'),
  outcome: runOutcome.optional().describe('Only runs that ended so.'),
  action: runAction.optional().describe('Only runs of this action; `plan` is the dry run of `enable`.'),
  target: z
    .string()
    .max(1024)
    .optional()
    .describe(
      'Only runs on this runtime (its name for people, or its resource id in any spelling), profile or credential.',
    ),
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
      // The next check reads a date out of it.
      { error: 'It must be `next` of the page before', abort: true },
    )
    .refine(
      (key) => isMoment(key.slice(0, 24)),
      'It must be `next` of the page before: there is no such date',
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

const caller = {
  principal: z.string().describe('Name of the caller as the sign-in told it, or which function key.'),
  objectId: z.string().optional().describe('Object id in Microsoft Entra ID; absent with a function key.'),
  operation: z.string().describe('Operation of this API.'),
  invocationId: z.string().describe("Invocation under which the app's log has the call."),
  at: z.string(),
};

const instruction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cancel'), ...caller }),
  z.object({
    kind: z.literal('decide'),
    gate,
    openedAt: z.string(),
    decision,
    ...caller,
  }),
  z.object({ kind: z.literal('setOverlap'), openedAt: z.string(), until: z.string(), ...caller }),
]);

const trailEntry = z.object({ at: z.string(), step: z.string(), outcome: z.string() });

export const runView = z
  .object({
    id: z.string(),
    action: runAction,
    target: z.string().describe('Resource id of the runtime, or the name of the profile or credential.'),
    startedBy: z.record(z.string(), z.unknown()),
    status: runStatus,
    cancelRequested: z.boolean().optional().describe('Whether somebody asked it to stop; not in lists.'),
    createdAt: z.string(),
    updatedAt: z.string(),
    step: z.object({ name: z.string(), since: z.string() }).optional().describe('The step under way.'),
    version: z.string().optional().describe('The version of the app that began the run.'),
    outcome: runOutcome.optional().describe('How the run ended; see docs/reference.md.'),
    summary: z.string().optional(),
    problem: z
      .object({
        code: z.enum(PROBLEM_CODES).describe('See docs/problems.md.'),
        message: z.string(),
        remedy: z.string(),
      })
      .optional(),
    changed: z.boolean().optional(),
    plan: z.record(z.string(), z.unknown()).optional(),
    proof: z.record(z.string(), z.unknown()).optional(),
    otherRunId: z.string().optional().describe('With the outcome `busy`: the run that works on the runtime.'),
    childRunIds: z
      .array(z.string())
      .optional()
      .describe('Where the durable host ended the run (`hostEnded`): runs that it started, which go on.'),
    waitingFor: z
      .object({ gate: z.string(), since: z.string(), until: z.string() })
      .optional()
      .describe('The gate at which a rotation waits for a person.'),
    overlapUntil: z.string().optional().describe('When the overlap ends, while a rotation waits for that.'),
    overlapLatest: z.string().optional().describe('The latest end that the overlap can be given.'),
    instructions: z
      .array(instruction)
      .optional()
      .describe('Approvals, changes of the overlap and cancellations, with who gave them; not in lists.'),
    result: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'Counts of a run over a profile or of a rotation, with what is left to do; rows of a preflight.',
      ),
    trail: z.array(trailEntry).optional().describe('The audit trail.'),
  })
  .describe('A run.');

export const runList = z
  .object({ runs: z.array(runView), next: z.string().optional().describe('Pass it as `before` for more.') })
  .describe('Runs, newest first.');

export const problemDocument = z
  .object({
    type: z.enum(REFUSAL_CODES.map(refusalType)),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .describe('What is wrong (RFC 9457).');
