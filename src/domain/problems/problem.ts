import type { ProblemCode } from './catalogue.js';

/** What is wrong, where, and what to do next. `code` is stable and stands in docs/problems.md. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly remedy: string;
}
