/**
 * Turns what SDKs throw and services answer into values. Texts here name who, what and where; they never repeat a
 * service's own text, which may hold what must not be told.
 */

import type { CallFailure } from '../domain/problems/callResult.js';
import type { ProblemCode } from '../domain/problems/catalogue.js';
import type { Problem } from '../domain/problems/problem.js';
import { errorName } from '../domain/values/errorName.js';

/** The parts of an SDK's error that are safe to look at. */
export interface ServiceError {
  readonly status?: number;
  /** The service's error code, for example `AuthorizationFailed`. */
  readonly code?: string;
  /** Key Vault's inner code, for example `ForbiddenByRbac`. */
  readonly innerCode?: string;
  readonly afterSeconds?: number;
  /** The service's own text speaks of concurrent requests: where it has no code of its own for that, only this tells. */
  readonly concurrent?: true;
  readonly name: string;
}

const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const INNER_CODES = [
  'ForbiddenByRbac',
  'ForbiddenByPolicy',
  'ForbiddenByFirewall',
  'SecretDisabled',
  'ForbiddenByConnection',
  'ObjectIsDeletedButRecoverable',
  'ObjectIsBeingDeleted',
  'ObjectIsBeingRecovered',
];

/** Errors of the language itself are defects of ours, never a service's answer. */
const DEFECTS = [TypeError, ReferenceError, RangeError, SyntaxError];

/**
 * Reads an SDK's error: status, codes and `Retry-After`, nothing of its text but codes of a closed form. Throws what
 * is no SDK's error but a defect.
 */
export function serviceError(error: unknown): ServiceError {
  if (DEFECTS.some((defect) => error instanceof defect)) throw error;
  const from = record(error);
  const status = numeric(from['statusCode']) ?? numeric(record(from['response'])['status']);
  const details = record(from['details']);
  const parsed = record(record(from['response'])['parsedBody']);
  const body = record(details['error'] ?? parsed['error']);
  const code = codeOf(from['code']) ?? codeOf(body['code']);
  const text = typeof from['message'] === 'string' ? from['message'] : '';
  // The services write innererror; the SDK of Key Vault hands it on as innerError.
  const inner =
    codeOf(record(body['innererror'] ?? body['innerError'])['code']) ??
    INNER_CODES.find((known) => text.includes(known));
  const afterSeconds = retryAfterOf(record(from['response'])['headers']);
  const words = `${text} ${typeof body['message'] === 'string' ? body['message'] : ''}`.toLowerCase();
  return {
    name: errorName(error),
    ...(status === undefined ? {} : { status }),
    ...(code ? { code } : {}),
    ...(inner ? { innerCode: inner } : {}),
    ...(afterSeconds === undefined ? {} : { afterSeconds }),
    ...(words.includes('concurrent requests') ? { concurrent: true } : {}),
  };
}

/**
 * Seconds to wait, as the service asks for (who waits caps it: `retryPauseMs`), from `retry-after-ms`, `x-ms-retry-after-ms` or `Retry-After` (seconds or an HTTP date, RFC 9110
 * section 10.2.3).
 *
 * @param now milliseconds since the epoch, for the date form
 */
export function retryAfterSeconds(
  header: (name: string) => string | undefined,
  now: number,
): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = Number(header(name) ?? Number.NaN);
    if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms / 1000);
  }
  const value = header('retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** Whether a status says "later", not "no". A conflict (409) says either: that is each service's to tell. */
export function isTransient(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

export function retry(message: string, afterSeconds?: number): CallFailure {
  return { kind: 'retry', message, ...(afterSeconds === undefined ? {} : { afterSeconds }) };
}

export function refused(code: ProblemCode, message: string, remedy: string): CallFailure {
  const problem: Problem = { code, message, remedy };
  return { kind: 'refused', problem };
}

/** The retry for an error that may pass, if it is one; `what` names the call, for example `reading the runtime`. */
export function transientFailure(error: ServiceError, what: string): CallFailure | undefined {
  if (!isTransient(error.status)) return undefined;
  const why =
    error.status === 429
      ? 'was throttled (429)'
      : error.status === undefined
        ? `got no answer (${error.code ?? error.name})`
        : `met an error of the service (${error.status})`;
  return retry(`${what} ${why}`, error.afterSeconds);
}

/** The retry for a conflict: what is written meets another write, and goes through a little later. */
export function conflict(error: ServiceError, what: string): CallFailure {
  return retry(
    `${what} met a conflict (${error.status ?? '?'} ${error.innerCode ?? error.code ?? ''})`,
    error.afterSeconds,
  );
}

function retryAfterOf(headers: unknown): number | undefined {
  const get = record(headers)['get'];
  if (typeof get !== 'function') return undefined;
  const header = (name: string): string | undefined => {
    const value: unknown = get.call(headers, name);
    return typeof value === 'string' ? value : undefined;
  };
  return retryAfterSeconds(header, Date.now());
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function codeOf(value: unknown): string | undefined {
  return typeof value === 'string' && CODE.test(value) ? value : undefined;
}
