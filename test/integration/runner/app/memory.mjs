/** What the tests look at, and what the orchestrations share. */

/** What activities and functions noted, by key. */
export const calls = new Map();
globalThis.runnerTestCalls = calls;

export function after(context, ms) {
  return new Date(context.df.currentUtcDateTime.getTime() + ms);
}
