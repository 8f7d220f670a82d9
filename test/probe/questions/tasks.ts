/** Tasks that nobody waits for any more, and tasks that are waited for twice. */
import type { ProbeHost, Shown } from '../host.js';
import { outcome } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** Long enough for an event to arrive meanwhile. */
const SLOW_SECONDS = 20;

/** It did, or it has ended without. */
const wentOn = ({ customStatus, runtimeStatus }: Shown) =>
  customStatus === 'went on' || !['Pending', 'Running'].includes(runtimeStatus);

/** An orchestrator goes on while a slow activity of its is under way: what it shows meanwhile, and at last. */
async function leavesActivity(host: ProbeHost, orchestrator: string): Promise<Answer> {
  const id = host.id();
  await host.slowActivity(id, SLOW_SECONDS);
  await host.start(orchestrator, id, {});
  await host.noted(id);
  await host.raise(id, 'go on');
  const before = await host.until(id, wentOn);
  return { meanwhile: before.runtimeStatus, atLast: outcome(await host.ended(id)) };
}

export const TASKS = questions('tasks', {
  'an activity that lost holds the completion': (host) => leavesActivity(host, 'leavesActivity'),
  'an activity that lost holds continueAsNew': (host) => leavesActivity(host, 'leavesActivityThenNew'),
  'a child that lost holds the completion': async (host) => {
    const id = host.id();
    await host.start('leavesChild', id, {});
    await host.until(`${id}-child`, ({ runtimeStatus }) => runtimeStatus === 'Running');
    await host.raise(id, 'go on');
    const before = await host.until(id, wentOn);
    await host.raise(`${id}-child`, 'end');
    return { meanwhile: before.runtimeStatus, atLast: outcome(await host.ended(id)) };
  },
  'a timer that lost holds the completion': async (host) => {
    const id = host.id();
    await host.start('leavesTimer', id, {});
    const before = await host.until(id, wentOn);
    return { meanwhile: before.runtimeStatus, atLast: outcome(await host.ended(id)) };
  },
  'a cancelled timer holds nothing': async (host) => outcome(await host.run('cancelsTimer')),
  'a task in a second Task.any': async (host) => {
    const id = host.id();
    await host.slowActivity(id, SLOW_SECONDS);
    await host.start('racesTwice', id, {});
    await host.noted(id);
    await host.raise(id, 'first');
    await host.until(
      id,
      ({ customStatus, runtimeStatus }) => customStatus === 'first' || runtimeStatus !== 'Running',
    );
    await host.raise(id, 'second');
    const ended = await host.ended(id);
    const began = (await host.effects(id)).filter((what) => what === 'began').length;
    return { ...(outcome(ended, id) as { [key: string]: Answer }), activityRan: began };
  },
  'fifty activities side by side': async (host) => outcome(await host.run('fan', { activities: 50 })),
});
