import type { HttpResponseInit } from '@azure/functions';
import { REFUSALS, type RefusalCode, refusalType } from '../../domain/problems/catalogue/http.js';

/** One wrong field of a request. */
export interface FieldError {
  /** JSON Pointer into the body (empty: the body itself), or the name of a header or parameter. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  /** What kind of problem it is: gives the status and the title. */
  readonly code: RefusalCode;
  /** What is wrong with this request, and what to do. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem document (RFC 9457). */
export function problem({ code, detail, errors, headers }: ProblemOptions): HttpResponseInit {
  const { status, title } = REFUSALS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({
      type: refusalType(code),
      title,
      status,
      detail,
      ...(errors && errors.length > 0 ? { errors } : {}),
    }),
  };
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
