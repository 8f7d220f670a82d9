/** Event Grid's own HTTP client: one POST to the functions host on loopback. */
import { request } from 'node:http';

/** Event Grid waits so long for an acknowledgement, on the real clock, as the host answers on it. */
const ACKNOWLEDGE_MS = 30_000;

/** The answer's status; `undefined` where no answer came in time or the connection failed. */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const call = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const deadline = setTimeout(() => call.destroy(), ACKNOWLEDGE_MS);
    const end = (status: number | undefined) => {
      clearTimeout(deadline);
      resolve(status);
    };
    call.on('response', (response) => {
      response.resume();
      response.on('end', () => end(response.statusCode));
    });
    call.on('error', () => end(undefined));
    call.on('close', () => end(undefined));
    call.end(body);
  });
}
