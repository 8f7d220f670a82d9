import type { HttpResponseInit } from '@azure/functions';
import { type FieldError, problem } from './problem.js';

/** As many as a person fixes at once; a hostile body can have thousands. */
const MAX_ERRORS = 20;
const MAX_NAME = 100;

/** 422: what of a request is wrong, field by field. */
export function invalid(errors: readonly FieldError[]): HttpResponseInit {
  const shown = errors.slice(0, MAX_ERRORS);
  const more = errors.length - shown.length;
  const details = shown.map(({ pointer, detail }) => `${pointer}: ${detail}`.trim());
  return problem({
    code: 'invalidRequest',
    detail: [...details, ...(more > 0 ? [`And ${more} more.`] : [])].join(' '),
    errors: shown,
  });
}

/** What zod found, of as much as is used here. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Names of unknown members. */
  readonly keys?: readonly string[];
}

/** The wrong members of a body, by JSON Pointer (RFC 6901). */
export function bodyErrors(issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const at = issue.path.map(pointerTo).join('');
    if (!issue.keys) return [{ pointer: at, detail: sentence(issue.message) }];
    return issue.keys.map((key) => ({
      pointer: at + pointerTo(key),
      detail: 'There is no such field. Remove it.',
    }));
  });
}

/** The wrong parameters of a query, by name. */
export function queryErrors(issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) =>
    issue.keys
      ? issue.keys.map((key) => ({
          pointer: key.slice(0, MAX_NAME),
          detail: 'There is no such parameter. Remove it.',
        }))
      : [{ pointer: issue.path.map(String).join('.'), detail: sentence(issue.message) }],
  );
}

function pointerTo(part: PropertyKey): string {
  return `/${String(part).slice(0, MAX_NAME).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
