/**
 * The operations of the HTTP API, once. Registrations, the check of the caller's role, the OpenAPI description and the
 * README's table of requests all come from this table. It names schemas instead of importing them: the app reads it
 * whenever it starts.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Caller } from '../../domain/runs/caller.js';
import type { FunctionDeps } from '../deps.js';
import type { Role } from './authorization.js';
import type { AnswerHeadersName, ComponentName, ParametersName } from './components.js';

/** An HTTP function; `caller` is who asks, and may. */
type HttpFunction = (
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
) => Promise<HttpResponseInit>;

/** An answer of one status. */
export interface Answer {
  readonly says: string;
  /** What its body is; absent: none that could be relied on. */
  readonly gives?: ComponentName | 'anyJson';
  readonly headers?: AnswerHeadersName;
}

/** Something that a caller may want, as README says it. */
interface Purpose {
  /** The body, in the short way of README; absent: all members that its schema has, or no body. */
  readonly sends?: string;
  readonly does: string;
}

export interface Operation {
  /** Name of the function, and id of the operation. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Below `/api/`. */
  readonly route: string;
  /** What the caller must be. */
  readonly role: Role;
  readonly summary: string;
  readonly query?: ParametersName;
  readonly headers?: ParametersName;
  readonly body?: ComponentName;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  readonly purposes: readonly Purpose[];
  readonly load: () => Promise<HttpFunction>;
}

const refusal = (says: string): Answer => ({ says, gives: 'Problem' });

/** What any operation may answer. */
const ALWAYS = {
  401: { says: 'No key, or not signed in.' },
  403: refusal('The role is missing.'),
  500: refusal('The request failed unexpectedly.'),
  503: refusal('The app is not configured, or has no signing key for what is asked (`signingKeyMissing`).'),
} as const satisfies Operation['answers'];

/** What an operation may answer to the form of a body. */
const OF_BODY = {
  400: refusal('The body is not JSON, is too deep, or came without a Content-Length.'),
  413: refusal('The body is too large.'),
  415: refusal('The content type is not JSON.'),
} as const satisfies Operation['answers'];

const NO_SUCH_RUN = { 404: refusal('No such run.') } as const satisfies Operation['answers'];

/** What an operation may answer that tells a waiting run something. */
const OF_TELLING = {
  202: { says: 'Told; the run goes on within seconds, as a rule.', gives: 'StartedRun' },
  ...NO_SUCH_RUN,
  409: refusal(
    'The run does not wait for this, not yet (`notOpenYet`), or somebody has decided (`alreadyDecided`).',
  ),
  422: refusal('A field is wrong.'),
  ...OF_BODY,
  ...ALWAYS,
} as const satisfies Operation['answers'];

const TABLE = [
  {
    name: 'startRun',
    method: 'POST',
    route: 'runs',
    role: 'operator',
    summary: 'Start an enablement, an access check, a rotation, a sweep, a preflight, or a dry run',
    headers: 'startHeaders',
    body: 'StartRequest',
    answers: {
      202: { says: 'The run is started, or was before.', gives: 'StartedRun', headers: 'startedHeaders' },
      422: refusal('A field is wrong, or the key came before with another body.'),
      ...OF_BODY,
      ...ALWAYS,
    },
    purposes: [
      {
        sends: '{action: "enable", runtime | profile}',
        does: 'enable one runtime, or all of a profile: of those that were there before one first',
      },
      {
        sends: '{action: "enable", dryRun: true, …}',
        does: 'the plan as JSON; nothing is changed',
      },
      { sends: '{action: "check", …}', does: 'the access check alone' },
      {
        sends: '{action: "rotate", credential}',
        does: 'rotate if due; `force: true` also if not, `dryRun: true` says what would be done, and which keys would go (`removes`)',
      },
      {
        sends: '{action: "preflight"}',
        does: 'look whether every permission, vault, application, runtime and DAG is there; changes nothing',
      },
      {
        sends: '{action: "sweep"}',
        does: 'look for what no event told, and start what is due; `dryRun: true` only reports',
      },
    ],
    load: async () => (await import('./startRun.js')).startRun,
  },
  {
    name: 'listRuns',
    method: 'GET',
    route: 'runs',
    role: 'reader',
    summary: 'List runs, newest first',
    query: 'listQuery',
    answers: {
      200: { says: 'Runs.', gives: 'RunList' },
      422: refusal('A parameter is wrong.'),
      ...ALWAYS,
    },
    purposes: [
      {
        does: 'runs, newest first. `target` is a runtime (`adf-sales/etl`, or its resource id in any spelling), a profile or a credential; one that the app does not know is 422 with what there is',
      },
    ],
    load: async () => (await import('./listRuns.js')).listRuns,
  },
  {
    name: 'getRun',
    method: 'GET',
    route: 'runs/{id}',
    role: 'reader',
    summary: 'Read a run with its audit trail',
    answers: { 200: { says: 'The run.', gives: 'Run' }, ...NO_SUCH_RUN, ...ALWAYS },
    purposes: [
      {
        does: 'one run: who asked, step, plan, proof, audit trail, and who approved, changed the overlap or cancelled',
      },
    ],
    load: async () => (await import('./getRun.js')).getRun,
  },
  {
    name: 'cancelRun',
    method: 'POST',
    route: 'runs/{id}/cancel',
    role: 'operator',
    summary: 'Ask a run to stop',
    answers: {
      202: { says: 'Asked for; the run ends by itself.', gives: 'StartedRun' },
      ...NO_SUCH_RUN,
      409: refusal('The run has ended, or can only go on (`pastCancelling`).'),
      ...ALWAYS,
    },
    purposes: [
      {
        does: 'ask it to stop; it gives its claims up and says what it left. A rotation that commits, or rolls back, answers 409',
      },
    ],
    load: async () => (await import('./cancelRun.js')).cancelRun,
  },
  {
    name: 'approveRun',
    method: 'POST',
    route: 'runs/{id}/approve',
    role: 'approver',
    summary: 'Approve or reject the step that a rotation waits at',
    body: 'ApproveRequest',
    answers: OF_TELLING,
    purposes: [
      {
        does: '`pilot` or `removal`, `approve` or `reject`; before the gate is open it is 409 with what the run does. The first word counts',
      },
    ],
    load: async () => (await import('./approveRun.js')).approveRun,
  },
  {
    name: 'setOverlap',
    method: 'POST',
    route: 'runs/{id}/overlap',
    role: 'operator',
    summary: 'Shorten or extend the overlap of a rotation',
    body: 'OverlapRequest',
    answers: OF_TELLING,
    purposes: [
      {
        does: 'shorten or extend the overlap: not sooner than in five minutes, not past the moment at which the new credential is due (`overlapLatest`)',
      },
    ],
    load: async () => (await import('./setOverlap.js')).setOverlap,
  },
  {
    name: 'getOpenApi',
    method: 'GET',
    route: 'openapi.json',
    role: 'reader',
    summary: 'This description',
    answers: { 200: { says: 'OpenAPI 3.1.', gives: 'anyJson' }, ...ALWAYS },
    purposes: [{ does: 'all of these in the form of OpenAPI, with every field and answer' }],
    load: async () => (await import('./openApi.js')).getOpenApi,
  },
] as const satisfies readonly Operation[];

export const OPERATIONS: readonly Operation[] = TABLE;

/**
 * The function of each route that refuses its other methods, since the host would answer them with an empty 404. A route
 * of the table that has none here does not compile.
 */
export const REFUSING_FUNCTIONS: Readonly<Record<(typeof TABLE)[number]['route'], string>> = {
  runs: 'refuseOnRuns',
  'runs/{id}': 'refuseOnRun',
  'runs/{id}/cancel': 'refuseOnCancel',
  'runs/{id}/approve': 'refuseOnApprove',
  'runs/{id}/overlap': 'refuseOnOverlap',
  'openapi.json': 'refuseOnOpenApi',
};
