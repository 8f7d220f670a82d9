/** A step that cannot go on. What it says names what was wrong and what to do; every step may be run again. */
export class Stop extends Error {}

/** What each failure ends with: nothing of a deployment has to be undone before the next try. */
export const AGAIN =
  'Then run it again: azd up, the workflow, or this step. What is done stays, and what is missing is made.';

/**
 * A variable that the step cannot do without. Throws `Stop`, with where it comes from.
 *
 * @param {string} name
 */
export function needed(name) {
  const value = process.env[name];
  if (value) return value;
  throw new Stop(
    `${name} is not set. With azd: azd env get-values shows what it has, azd provision sets it. Without: export it; ` +
      'infra/README.md, "Without azd", says which step prints it.',
  );
}

/**
 * What a policy of the tenant says: which ones there are cannot be read beforehand.
 *
 * @param {string} said
 */
export function hintOf(said) {
  return /RequestDisallowedByPolicy/.test(said)
    ? '\nA policy of the tenant refuses that: infra/README.md, "Bad input", says which parameter answers which policy.'
    : '';
}
