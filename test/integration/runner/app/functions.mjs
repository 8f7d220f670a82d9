/** Functions that are not durable. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { calls } from './memory.mjs';

const extraInputs = [df.input.durableClient()];
app.http('open', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'open/{name}',
  handler: (request) => ({ jsonBody: { name: request.params.name, q: request.query.get('q') } }),
});
app.http('locked', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'locked',
  extraInputs,
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew('sequence', { instanceId: 'from-http', input: await request.json() });
    return { status: 202, body: id };
  },
});
app.http('reads', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'reads',
  handler: async (request) => ({ body: `got ${await request.text()}` }),
});
app.eventGrid('hears', {
  handler: (event) => {
    if (event.subject === 'fails') throw new Error('cannot hear that');
    calls.set(`event ${event.id}`, event.subject ?? '');
  },
});
app.timer('ticks', {
  schedule: '0 0 * * * *',
  handler: (timer) => {
    calls.set('ticks', (calls.get('ticks') ?? 0) + 1);
    calls.set('last tick', timer.scheduleStatus);
  },
});
