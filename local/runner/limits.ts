/** A request that the durable back end refuses, with the status that its HTTP API answers. */
export class DurableRequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A custom status may take up 16 KB of UTF-16, of which the extension counts whole ones. */
const MAX_STATUS_KB = 16;

/**
 * Returns what the extension says of a custom status, as JSON text, that is too large: up to 8,703 UTF-16 units pass.
 */
export function tooLargeStatus(json: string): string | undefined {
  const kilobytes = Math.trunc((json.length * 2) / 1024);
  return kilobytes > MAX_STATUS_KB
    ? `The UTF-16 size of the JSON-serialized payload must not exceed ${MAX_STATUS_KB} KB. The current payload size is ${kilobytes} KB.`
    : undefined;
}
