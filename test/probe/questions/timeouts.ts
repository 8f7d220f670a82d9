/** An invocation that takes longer than host.json's `functionTimeout`. */
import { outcome } from '../normal.js';
import { questions } from '../question.js';

export const TIMEOUTS = questions(
  'functionTimeout',
  {
    'an activity that takes longer is run again': async (host) => {
      await host.startHost({
        functionTimeout: '00:00:10',
        extensions: { durableTask: { storageProvider: { workItemQueueVisibilityTimeout: '00:00:15' } } },
      });
      const ended = await host.run('callsSlowOnce');
      const runs = (await host.effects(host.id())).length;
      await host.open(host.id());
      return { ended: outcome(ended), runs };
    },
  },
  { ownHost: true },
);
