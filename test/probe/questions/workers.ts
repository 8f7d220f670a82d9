/** A worker that goes away while it runs a function. */
import type { GonePoint, ProbeHost } from '../host.js';
import { failure, outcome } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** The app has one function of each kind for each moment. */
async function gone(host: ProbeHost, point: GonePoint): Promise<{ output: Answer; effects: number }> {
  const [moment, kind] = point.split('-') as ['before' | 'after', string];
  const suffix = moment === 'before' ? 'Before' : 'After';
  const orchestrator = { activity: `callsGone${suffix}`, entity: `callsEntityGone${suffix}` }[kind];
  const id = host.id();
  await host.workerGone(point, `${kind}Gone${suffix}`);
  const shown = await host.run(orchestrator ?? `orchestratorGone${suffix}`, {}, id);
  const threw = (shown.output as { threw?: string } | null)?.threw;
  return {
    output:
      threw === undefined ? outcome(shown, id) : { status: shown.runtimeStatus, threw: reason(threw, id) },
    effects: (await host.effects(id)).length,
  };
}

/** The details are those of whatever .NET exception the host met. */
function reason(message: string, id: string): Answer {
  return (failure(message, id) as { reason: Answer }).reason;
}

export const WORKERS = questions('a worker that goes', {
  'before an activity': (host) => gone(host, 'before-activity'),
  'after an activity': (host) => gone(host, 'after-activity'),
  'before an orchestrator': (host) => gone(host, 'before-orchestrator'),
  'after an orchestrator': (host) => gone(host, 'after-orchestrator'),
  'before an entity': (host) => gone(host, 'before-entity'),
  'after an entity': (host) => gone(host, 'after-entity'),
  'in a child': async (host) => {
    const id = host.id();
    await host.workerGone('before-orchestrator', 'childGone');
    const { runtimeStatus, output } = await host.run('parentOfGone', {}, id);
    const { threw } = output as { threw?: string };
    return {
      status: runtimeStatus,
      threw: threw === undefined ? null : reason(threw, id),
      child: outcome(await host.status(`${id}-child`), id),
    };
  },
});
