/** What a failure looks like to whoever waits for it. */
import type { ProbeHost } from '../host.js';
import { failure, outcome, plain, told } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** Long enough for an answer that comes at all, and short for one that never does. */
const NEVER_MS = 15_000;
const WORDS = 'Password=abc key=def "x" <y> ?code=1';

async function caught(host: ProbeHost, activity: string, input: unknown): Promise<Answer> {
  const { output } = await host.run('catches', { activity, input });
  const { name, message, members } = output as { name: string; message: string; members: string[] };
  return { name, message: failure(message), members };
}

async function threw(host: ProbeHost, orchestrator: string, input?: unknown): Promise<Answer> {
  const id = host.id();
  const { runtimeStatus, output } = await host.run(orchestrator, input, id);
  const { threw: message } = output as { threw?: string };
  return { status: runtimeStatus, threw: message === undefined ? null : failure(message, id) };
}

/** An instance that nothing ends is terminated, so that it does not stand in the way of later questions. */
async function hangs(host: ProbeHost, orchestrator: string): Promise<Answer> {
  const id = host.id();
  await host.start(orchestrator, id, {});
  const shown = await host.within(id, NEVER_MS);
  await host.client('terminate', id, 'asked');
  return outcome(shown, id);
}

export const FAILURES = questions('failures', {
  'an activity that throws': (host) => caught(host, 'throws', WORDS),
  'an activity that throws an object': (host) => caught(host, 'throwsObject', {}),
  'an orchestrator that throws': async (host) => {
    const { runtimeStatus, output } = await host.run('fails', { message: WORDS });
    return { status: runtimeStatus, output: told(String(output)) };
  },
  'an orchestrator that throws, seen by its parent': (host) =>
    threw(host, 'parentOfFailing', { message: WORDS }),
  'one of all fails': (host) => threw(host, 'oneOfAllFails'),
  'an activity of an unknown name': (host) => hangs(host, 'unknownActivity'),
  'a sub-orchestration of an unknown name': (host) => hangs(host, 'unknownChild'),
  'an entity of an unknown name': (host) => hangs(host, 'unknownEntity'),
  'the start of an unknown orchestrator': async (host) => {
    const id = host.id();
    const { status } = await host.api('POST', `/orchestrators/noSuchOrchestrator/${id}`, {});
    return { status, instance: status === 202 ? outcome(await host.ended(id), id) : plain(null) };
  },
});
