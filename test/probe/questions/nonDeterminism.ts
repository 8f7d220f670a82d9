/** Code that changes while an instance waits: which changes does the host notice? */
import { outcome } from '../normal.js';
import { questions } from '../question.js';

const KINDS = {
  'another activity': 'activityName',
  'another input of an activity': 'activityInput',
  'another operation of an entity': 'entityOperation',
  'another entity': 'entityId',
  'another id of a child': 'childId',
  'an activity more': 'oneMore',
  'an activity less': 'oneLess',
  'a timer instead of an activity': 'timerInstead',
  'an end before the history has ended': 'endsSooner',
};

export const NON_DETERMINISM = questions(
  'non-determinism',
  Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [
      name,
      async (host) => {
        const id = host.id();
        await host.start('changes', id, { kind });
        await host.until(id, ({ customStatus }) => customStatus === 'waits');
        await host.switchCode(id);
        await host.raise(id, 'go on');
        return outcome({ ...(await host.ended(id)), customStatus: null });
      },
    ]),
  ),
);
