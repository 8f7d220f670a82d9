/** What may be told of an error that nobody knows: its text may hold anything, an address with a key among it. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
