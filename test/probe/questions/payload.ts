/** What the host sends to an orchestrator, and which schemas it takes. */
import { outcome } from '../normal.js';
import { type Answer, questions } from '../question.js';

export const PAYLOAD = questions('payload', {
  'of an orchestrator': async (host) => {
    const { output } = await host.run('rawPayload', { a: 1 });
    const { timestamp, ...rest } = output as Record<string, Answer> & { timestamp: string };
    return {
      ...rest,
      digitsOfSeconds: (/\.(\d+)Z$/.exec(timestamp)?.[1] ?? '').length > 3 ? 'beyond ms' : 'ms',
    };
  },
  'schema V3': async (host) => outcome(await host.run('rawSchema', { schemaVersion: 2 })),
  'schema V4': async (host) => outcome(await host.run('rawSchema', { schemaVersion: 3 })),
});
