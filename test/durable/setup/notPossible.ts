/** The suite cannot be run on this machine; the message says what is missing. */
export class NotPossible extends Error {}
