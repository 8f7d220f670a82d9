import type { Explained } from '../explained.js';

/** A refusal of the HTTP API: no run came of the request, or none was changed by it. */
interface Refusal extends Explained {
  readonly status: number;
  /** The problem document's title. */
  readonly title: string;
}

/** Every problem document (RFC 9457) of the HTTP API, by the code that its type ends with. */
export const REFUSALS = {
  bodyMissing: {
    status: 400,
    title: 'No body arrived',
    meaning: 'the body came in chunks, which the Functions host does not hand on',
    remedy: 'send it with a `Content-Length`',
  },
  notJson: {
    status: 400,
    title: 'Body is not JSON',
    meaning: 'the body could not be parsed',
    remedy: 'send JSON',
  },
  tooDeep: {
    status: 400,
    title: 'Body too deep',
    meaning: 'the body is nested deeper than any that the API takes',
    remedy: '`detail` says how deep it may be',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    meaning: 'App Service authentication gave no principal, or one without an object id',
    remedy: 'sign in, or send a token that Microsoft Entra ID issued for the app registration',
  },
  roleMissing: {
    status: 403,
    title: 'Role missing',
    meaning: 'the caller lacks the app role that the request needs',
    remedy: 'assign it: `detail` names role and caller',
  },
  noSuchRun: {
    status: 404,
    title: 'No such run',
    meaning:
      'there is no run of that id, or it was purged: after `retentionDays`, or after three days where nobody asked for it and it found nothing to do',
    remedy: 'look for it with `GET /api/runs`',
  },
  methodNotAllowed: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'the path does not serve that method',
    remedy: 'the header `Allow` names those that it serves',
  },
  runEnded: {
    status: 409,
    title: 'The run has ended',
    meaning: 'there is nothing to cancel any more',
    remedy: '',
  },
  pastCancelling: {
    status: 409,
    title: 'The run cannot be cancelled any more',
    meaning: 'a rotation has committed or is rolling back, and half-way is the worst place to stop',
    remedy: 'let it end',
  },
  alreadyDecided: {
    status: 409,
    title: 'Somebody has decided already',
    meaning: 'somebody else approved or rejected, or you said the opposite before: the first word counts',
    remedy: '`detail` says who and when; a rejected rotation can be started again',
  },
  notWaiting: {
    status: 409,
    title: 'The run does not wait for this',
    meaning: 'the run has ended, is past that step, or has none of that kind',
    remedy: '`detail` says what it does',
  },
  notOpenYet: {
    status: 409,
    title: 'The gate is not open yet',
    meaning: 'the rotation has not come to that gate',
    remedy: 'decide once `waitingFor` of the run names it',
  },
  tooLarge: {
    status: 413,
    title: 'Body too large',
    meaning: 'the body has more bytes than the API takes',
    remedy: '`detail` says how many it may have',
  },
  contentType: {
    status: 415,
    title: 'Wrong content type',
    meaning: 'the body does not come as JSON',
    remedy: 'send it as `application/json`',
  },
  invalidRequest: {
    status: 422,
    title: 'The request cannot be carried out',
    meaning: 'a field, a parameter or a header is wrong, or names what the app does not know',
    remedy: '`errors` names each with what is wrong',
  },
  unexpected: {
    status: 500,
    title: 'The request failed unexpectedly',
    meaning: 'a defect, or a host in trouble',
    remedy: 'read the log of the invocation in `detail`; with an `Idempotency-Key` send it again',
  },
  misconfigured: {
    status: 503,
    title: 'The app is not configured',
    meaning: 'the configuration has problems, which the log lists',
    remedy: 'fix it and restart the app',
  },
  signingKeyMissing: {
    status: 503,
    title: 'The app has no signing key',
    meaning: '`AIRLOCK_SIGNING_KEY` is not set, too short, or a reference that App Service could not resolve',
    remedy: 'set it: `detail` says how',
  },
} as const satisfies Readonly<Record<string, Refusal>>;

export type RefusalCode = keyof typeof REFUSALS;

export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

/** The type of a problem document: stable, and not to be opened. */
export function refusalType<Code extends RefusalCode>(code: Code): `urn:airlock:problem:${Code}` {
  return `urn:airlock:problem:${code}`;
}
