/** What goes into activities and orchestrators, and what comes out. */
import type { ProbeHost } from '../host.js';
import { failure, outcome, plain } from '../normal.js';
import { type Answer, questions } from '../question.js';

async function echoed(host: ProbeHost, name: string, input?: unknown): Promise<Answer> {
  const { output } = await host.run('echo', input, host.id(name));
  return (output as { input: string }).input;
}

/** Values as they are; failures by their reason and details. */
function values(output: unknown): Answer {
  const entries = Object.entries(output as Record<string, string | { threw: string }>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : failure(value.threw)]),
  );
}

export const VALUES = questions('values', {
  'inputs of activities': async (host) => values((await host.run('inputs')).output),
  'outputs of activities': async (host) => values((await host.run('outputs')).output),
  'large outputs of activities': async (host) =>
    outcome(await host.run('largeOutputs', [15_000, 70_000, 1_000_000, 5_000_000])),
  'inputs of orchestrators': async (host) => ({
    none: await echoed(host, 'none'),
    false: await echoed(host, 'false', false),
    text: await echoed(host, 'text', 'abc'),
    jsonText: await echoed(host, 'jsonText', '{"a":1}'),
    number: await echoed(host, 'number', 42),
    list: await echoed(host, 'list', [1, 2]),
  }),
  'large output of an orchestrator': async (host) => {
    const { runtimeStatus, output } = await host.run('returnsText', 1_000_000);
    return { status: runtimeStatus, length: String(output).length };
  },
  'a member named Timestamp is a date': async (host) => {
    const at = '2026-01-02T03:04:05Z';
    return plain((await host.run('dates', { Timestamp: at, at })).output);
  },
  'newGuid is of version 5 and changes from call to call': async (host) => {
    const { first, second } = (await host.run('guids')).output as { first: string; second: string };
    return { version: first.charAt(14), differ: first !== second };
  },
});
