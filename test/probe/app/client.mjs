/** How a question reaches the app: the SDK's client, and what the process remembers. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { effectsOf, makeSlow, openGate, switchCode } from './memory.mjs';

app.http('client', {
  route: 'client',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  async handler(request, context) {
    const { method, args } = await request.json();
    const client = df.getClient(context);
    try {
      return { jsonBody: { ok: true, value: (await client[method](...args)) ?? null } };
    } catch (error) {
      return { jsonBody: { ok: false, message: error.message } };
    }
  },
});

app.http('memory', {
  route: 'memory',
  methods: ['POST'],
  authLevel: 'anonymous',
  async handler(request) {
    const { open, slow, switched, effects } = await request.json();
    if (open !== undefined) openGate(open);
    if (slow !== undefined) makeSlow(slow.id, slow.ms);
    if (switched !== undefined) switchCode(switched);
    return { jsonBody: effects === undefined ? [] : effectsOf(effects) };
  },
});
