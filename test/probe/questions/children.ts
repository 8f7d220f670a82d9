/** Sub-orchestrations: their ids, and what their parent's end means to them. */
import { failure, outcome } from '../normal.js';
import { questions } from '../question.js';

export const CHILDREN = questions('children', {
  'default id': async (host) => {
    const { child } = (await host.run('defaultChild')).output as { child: { id: string; parent: string } };
    const [, execution = '', number] = /^([^:]*):(.*)$/.exec(child.id) ?? [];
    return {
      execution: /^[0-9a-f]{32}$/.test(execution)
        ? 'bare'
        : /^[0-9a-f-]{36}$/.test(execution)
          ? 'hyphens'
          : 'other',
      number: number ?? null,
      knowsItsParent: child.parent === host.id(),
    };
  },
  'twenty side by side': async (host) => outcome(await host.run('children', { children: 20 })),
  'with the id of a live instance': async (host) => {
    const [parent, live] = [host.id('parent'), host.id('live')];
    await host.start('waitsForEnd', live, {});
    await host.until(live, ({ runtimeStatus }) => runtimeStatus === 'Running');
    await host.start('childWithId', parent, { child: live });
    const shown = await host.within(parent, 30_000);
    const before = await host.within(live, 5_000);
    await host.raise(live, 'end');
    const { threw } = (shown?.output ?? {}) as { threw?: string };
    return {
      parent: threw === undefined ? outcome(shown, parent, live) : failure(threw, parent, live),
      live: outcome(before, parent, live),
    };
  },
  'with the id of one that has ended': async (host) => {
    const [parent, ended] = [host.id('parent'), host.id('ended')];
    await host.run('own', {}, ended);
    return outcome(await host.run('childWithId', { child: ended }, parent), parent, ended);
  },
  'of a parent that is terminated': async (host) => {
    const id = host.id();
    const child = `${id}-child`;
    await host.start('parentOfWaiting', id, {});
    await host.until(child, ({ runtimeStatus }) => runtimeStatus === 'Running');
    await host.client('terminate', id, 'enough');
    const parent = await host.ended(id);
    await host.pass(3000);
    await host.raise(child, 'end');
    return {
      parent: outcome(parent),
      child: outcome(await host.ended(child)),
      effects: (await host.effects(child)).length,
    };
  },
});
