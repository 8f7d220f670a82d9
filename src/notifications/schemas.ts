/** The events that the app sends out, as zod schemas: the source of the JSON Schemas that receivers get. */
import * as z from 'zod';
import type { NotificationData, NotificationType } from '../domain/events/notifications.js';
import { PROBLEM_CODES } from '../domain/problems/catalogue.js';
import { RUN_OUTCOMES } from '../domain/runs/outcomes.js';
import type { EndWord } from '../domain/runs/repeatable.js';

const problem = z.strictObject({
  code: z.enum(PROBLEM_CODES).describe('See docs/problems.md.'),
  message: z.string(),
  remedy: z.string(),
});
/** What an end is called in one word: the code of its problem or, where it has none, its outcome. */
const endWord = z.enum([...new Set<EndWord>([...PROBLEM_CODES, ...RUN_OUTCOMES])]);
const counts = z.strictObject({
  carriers: z.int(),
  moved: z.int(),
  failed: z.int(),
  wentBack: z.int(),
});
const runId = z.string().describe('Id of the run; GET /api/runs/{id} tells all of it.');
const runtime = z.string().describe('Resource id of the runtime.');
const credential = z.string().describe('Name of the credential in the configuration.');
const keyId = z.string().describe('Key id in Entra, or the version of the secret where it has no tag keyId.');
const caller = z.strictObject({
  principal: z.string().describe('Name of the caller as the sign-in told it, or which function key.'),
  objectId: z.string().optional().describe('Object id in Microsoft Entra ID; absent with a function key.'),
  operation: z.string().describe('Operation of the HTTP API.'),
  invocationId: z.string().describe("Invocation under which the app's log has the call."),
});
const by = caller.optional().describe('Who asked, where somebody did.');
const time = z.string().describe('ISO 8601.');

/** Data of each type of event. */
export const NOTIFICATION_SCHEMAS = {
  'Airlock.RuntimeEnabled.v1': z
    .strictObject({ runId, runtime, profile: z.string(), credentialId: keyId, provenAt: time, by })
    .describe('Settings are there, and a DAG has read the vault.'),
  'Airlock.AccessCheckFailed.v1': z
    .strictObject({ runId, runtime, profile: z.string().optional(), problem, by })
    .describe('The access check of a runtime failed.'),
  'Airlock.RunFailed.v1': z
    .strictObject({
      runId,
      target: z
        .string()
        .describe('Resource id of the runtime, name of the profile or the credential, or `everything`.'),
      outcome: z.enum(RUN_OUTCOMES).describe('See docs/reference.md.'),
      problem,
    })
    .describe(
      'A run ended so that somebody has to look, or a part of a sweep did; no other event tells of it.',
    ),
  'Airlock.RotationStarted.v1': z
    .strictObject({ runId, credential, why: z.string(), from: keyId.optional(), carriers: z.int(), by })
    .describe('A rotation has something to do and begins.'),
  'Airlock.RotationWaitingForApproval.v1': z
    .strictObject({ runId, credential, gate: z.enum(['pilot', 'removal']), until: time })
    .describe('A rotation waits for a person: POST /api/runs/{id}/approve.'),
  'Airlock.RunInstructed.v1': z
    .strictObject({
      runId,
      credential: credential.optional(),
      instruction: z.enum(['approve', 'reject', 'setOverlap', 'cancel']),
      gate: z.enum(['pilot', 'removal']).optional(),
      until: time.optional().describe('New end of the overlap, ISO 8601.'),
      by: caller,
      at: time,
    })
    .describe('A person approved, rejected, changed the overlap or cancelled, and the run follows.'),
  'Airlock.RotationStraggler.v1': z
    .strictObject({ runId, credential, runtime, code: endWord })
    .describe('A runtime did not come along.'),
  'Airlock.RotationCompleted.v1': z
    .strictObject({
      runId,
      credential,
      outcome: z.enum(['rotated', 'rotatedPartly']),
      from: keyId.optional(),
      to: keyId,
      expiresOn: time.optional(),
      counts,
    })
    .describe('The new credential is in use.'),
  'Airlock.RotationRolledBack.v1': z
    .strictObject({ runId, credential, problem, counts })
    .describe('The runtimes have what they had.'),
  'Airlock.RotationKeepsFailing.v1': z
    .strictObject({
      runId,
      credential,
      code: endWord.describe('Code of the problem, see docs/problems.md.'),
      times: z.int().describe('How often in a row.'),
      problem: problem.optional(),
    })
    .describe('A rotation fails again and again in the same way.'),
  'Airlock.DebtOutstanding.v1': z
    .strictObject({
      runId,
      credential,
      kind: z.enum(['removeKey', 'removeLabelled', 'moveRuntime']),
      what: z.string().describe('Key id, or resource id of the runtime.'),
      since: time,
      reason: z.string(),
    })
    .describe('Something that a rotation could not remove or move; the sweep tries again.'),
  'Airlock.ExistingRuntimesFound.v1': z
    .strictObject({
      runId,
      profile: z.string().describe('Name of the profile.'),
      count: z.int().describe('How many were found that no earlier event told of.'),
      runtimes: z.array(runtime).readonly().describe('At most 20 of them.'),
    })
    .describe(
      'Runtimes were there before the app looked after their profile: they are only reported until somebody enables them.',
    ),
  'Airlock.CredentialExpiring.v1': z
    .strictObject({ runId, credential, problem })
    .describe('A credential nears its end or is past it, and it has not been replaced, whatever the reason.'),
} as const satisfies { readonly [T in NotificationType]: z.ZodType };

/** Fails to compile where a schema and the type that the app sends differ. */
type Sent = { readonly [T in NotificationType]: z.output<(typeof NOTIFICATION_SCHEMAS)[T]> };
true satisfies NotificationData extends Sent ? true : never;

/** The JSON Schema (2020-12) of one type's data. */
export function notificationJsonSchema(type: NotificationType): Record<string, unknown> {
  return {
    ...z.toJSONSchema(NOTIFICATION_SCHEMAS[type], { target: 'draft-2020-12' }),
    $id: `${type}.json`,
    title: type,
  };
}
