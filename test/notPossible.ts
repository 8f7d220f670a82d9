/** A suite that this machine cannot run. */

/** The message says what is missing. */
export class NotPossible extends Error {
  override name = 'NotPossible';
}

/**
 * Tells that a suite was skipped. Somebody with Node alone is told, and no more; with `CI=true` it has to run. Gives the
 * exit code.
 *
 * @param what the part that cannot be run
 * @param count of its cases
 */
export function skip(what: string, count: number, { message }: NotPossible): number {
  const required = process.env['CI'] === 'true';
  process.stdout.write(`${required ? 'Failed' : 'Skipped'}: ${what} cannot be run here: ${message}.\n`);
  process.stdout.write(required ? `0 passed, ${count} failed\n` : `0 passed, 0 failed, ${count} skipped\n`);
  return required ? 1 : 0;
}
