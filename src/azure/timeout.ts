/** Milliseconds after which a call that has no whole answer is given up: well below the `functionTimeout` of host.json. */
export const REQUEST_TIMEOUT_MS = 30_000;
