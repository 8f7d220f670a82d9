/** The local cloud with a host that runs no app: it shows the app's environment and keeps the events that it gets. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { CreateAppHost } from '../../../local/cloud.js';
import { closeServer, listen } from '../../../local/net/proxy.js';
import { run } from '../../../local/process.js';

const createHost: CreateAppHost = ({ kernel, appEntry, functionKey, systemKey, onLog }) => {
  let events: unknown[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (url.pathname === '/runtime/webhooks/eventgrid') {
      events.push({ query: Object.fromEntries(url.searchParams), body: Buffer.concat(chunks).toString() });
      kernel.changed();
      await kernel.persisted();
      response.end();
      return;
    }
    if (url.pathname === '/print') {
      process.stdout.write('printed by the app\n');
      onLog('logged by the app');
    }
    const environment = Object.fromEntries(
      Object.entries(process.env).filter(([name]) =>
        /PROXY|AZURE|IDENTITY|AIRLOCK|CA_CERTS|^MSI/i.test(name),
      ),
    );
    const key = request.headers['x-functions-key'];
    response.end(JSON.stringify({ environment, appEntry, authorized: key === functionKey, systemKey }));
  });
  return {
    start: (port) => listen(server, port),
    stop: () => closeServer(server),
    snapshot: () => events,
    restore(state) {
      events = Array.isArray(state) ? state : [];
    },
    stats: () => ({ events: events.length }),
    history: (id) => (id === 'known' ? events : undefined),
  };
};

process.exit(await run(process.argv.slice(2), createHost, fileURLToPath(import.meta.url)));
