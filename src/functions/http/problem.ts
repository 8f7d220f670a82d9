import type { HttpResponseInit } from '@azure/functions';

/** One wrong field of a request. */
export interface FieldError {
  /** JSON Pointer into the body (empty: the body itself), or the name of a header or parameter. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly status: number;
  /** Stable; the problem's type is `urn:airlock:problem:<code>`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem document (RFC 9457). */
export function problem({ status, code, title, detail, errors, headers }: ProblemOptions): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({
      type: `urn:airlock:problem:${code}`,
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
