/** Percent-encoding in URLs as servers take it that do not refuse what is malformed. */

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Whether a path has a `%` that begins no escape, or escapes that are no UTF-8. */
export function isMalformed(path: string): boolean {
  return decoded(path) === undefined;
}

/** What can be decoded, decoded; the rest as it is: as Kestrel does, on which the Functions host stands. */
export function lenientlyDecoded(text: string): string {
  return text.replace(ESCAPES, (run) => decoded(run) ?? run);
}

function decoded(run: string): string | undefined {
  try {
    return decodeURIComponent(run);
  } catch {
    return undefined;
  }
}
