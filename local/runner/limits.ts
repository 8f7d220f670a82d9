/** A request that the durable back end refuses, with the status that its HTTP API answers. */
export class DurableRequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const MAX_INSTANCE_ID = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the host bans control characters in instance ids.
const BANNED = /^@|[/\\#?\u0000-\u001f]/;

/** Refuses instance ids that the host refuses. */
export function checkInstanceId(id: string): void {
  if (id.length > MAX_INSTANCE_ID || BANNED.test(id)) {
    throw new DurableRequestError(
      400,
      `'${id}' cannot be an instance id: at most ${MAX_INSTANCE_ID} characters, none of / \\ # ? or control characters, no @ in front.`,
    );
  }
}
