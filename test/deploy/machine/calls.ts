/** Takes the calls that stand-ins for commands hand over (standIn.sh), and gives them the answers. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Call {
  /** `az`, for example. */
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was called. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number;
  readonly out?: string;
  /** Lines for standard error. */
  readonly err?: readonly string[];
}

export interface CallServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. What `answer` throws is answered with exit code 99 and given to `onError`. */
export async function serveCalls(
  answer: (call: Call) => Promise<Answer>,
  onError: (error: unknown) => void,
): Promise<CallServer> {
  const server = createServer((socket) => {
    readCall(socket)
      .then(async (call) => call && send(socket, await answer(call)))
      .catch((error: unknown) => {
        onError(error);
        send(socket, { code: 99, err: [String(error)] });
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

function readCall(socket: Socket): Promise<Call | undefined> {
  return new Promise((done) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      const call = parse(text);
      if (call) done(call);
    });
    socket.on('error', () => done(undefined)).on('close', () => done(undefined));
  });
}

/** Name, folder, number of arguments, arguments, environment, an empty part: each ends with NUL. */
function parse(text: string): Call | undefined {
  const [command = '', folder = '', count = '', ...rest] = text.split('\0');
  const args = rest.slice(0, Number(count));
  const others = rest.slice(Number(count), -1);
  const end = others.indexOf('');
  if (end === -1) return undefined;
  const environment = others.slice(0, end).map((one) => {
    const at = one.indexOf('=');
    return [one.slice(0, at), one.slice(at + 1)] as const;
  });
  return { command, folder, args, environment: Object.fromEntries(environment) };
}

function send(socket: Socket, { code, out = '', err = [] }: Answer): void {
  const lines = err.flatMap((one) => one.split('\n'));
  socket.end([`${code} ${lines.length}`, ...lines, out].join('\n'));
}
