import type { Problem } from './problem.js';

/** How a call to a service went wrong: worth another try, or refused for good. Adapters return it, they do not throw. */
export type CallFailure =
  | { readonly kind: 'retry'; readonly afterSeconds?: number; readonly message: string }
  | { readonly kind: 'refused'; readonly problem: Problem };
