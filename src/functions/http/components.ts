/** The schemas of the HTTP API by the names that the table of operations and the OpenAPI description have for them. */
import * as z from 'zod';
import * as schemas from './schemas.js';

/** Bodies of requests and answers. */
export const COMPONENTS = {
  StartRequest: schemas.startRequest,
  ApproveRequest: schemas.approveRequest,
  OverlapRequest: schemas.overlapRequest,
  StartedRun: schemas.startedRun,
  Run: schemas.runView,
  RunList: schemas.runList,
  Problem: schemas.problemDocument,
};
export type ComponentName = keyof typeof COMPONENTS;

/** Queries and headers of requests. */
export const PARAMETERS = {
  listQuery: schemas.listQuery,
  startHeaders: z.object({
    'Idempotency-Key': schemas.idempotencyKey
      .optional()
      .describe('The same key and body is the same run, also when it has ended, for as long as it is kept.'),
  }),
};
export type ParametersName = keyof typeof PARAMETERS;

/** What a route with `{id}` takes. */
export const RUN_PATH = z.object({ id: z.string().describe('Id of the run.') });

/** Headers of answers. */
export const ANSWER_HEADERS = {
  startedHeaders: z.object({
    Location: z.string().describe('Where to read the run.'),
    'Retry-After': z.int().min(0).describe('Seconds.'),
    'Idempotent-Replay': z.literal('true').optional().describe('The key came before.'),
  }),
};
export type AnswerHeadersName = keyof typeof ANSWER_HEADERS;
