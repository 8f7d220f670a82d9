/** Entities and their locks. */
import type { ProbeHost } from '../host.js';
import { outcome, plain, told } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** A lock that is never released is still held after so long. */
const NEVER_MS = 15_000;

const CALLS = [
  ['add', 1],
  ['add', 2],
  ['setThenThrow', null],
  ['get', null],
  ['throwText', null],
  ['answerNothing', null],
  ['noSuchOperation', null],
  ['get', null],
  ['setNull', null],
  ['get', null],
  ['add', { after: null }],
  ['setUndefined', null],
  ['get', null],
];

const list = (host: ProbeHost) => host.id('list');
const locks = (host: ProbeHost, label: string, how: object = {}) =>
  host.start('locks', host.id(label), { key: list(host), label, ...how });

/** The first holder ends by what `end` does, without a release; then another asks for the lock. */
async function afterHolder(
  host: ProbeHost,
  how: object,
  end: (id: string) => Promise<unknown>,
): Promise<Answer> {
  await locks(host, 'first', { wait: true, ...how });
  await host.until(host.id('first'), ({ customStatus }) => customStatus === 'in');
  await end(host.id('first'));
  const first = await host.ended(host.id('first'));
  await locks(host, 'next');
  return {
    first: outcome(first),
    next: (await host.within(host.id('next'), NEVER_MS))?.runtimeStatus ?? null,
  };
}

export const ENTITIES = questions('entities', {
  'calls one after the other': async (host) => {
    const { output } = await host.run('entityCalls', { key: list(host), calls: CALLS });
    const answers = output as [string, Answer | { threw: string }][];
    return answers.map(([operation, answer]) => {
      const threw = (answer as { threw?: string } | null)?.threw;
      return [operation, threw === undefined ? (answer as Answer) : { threw: told(threw) }];
    });
  },
  'a large state': async (host) => {
    const calls = [
      ['setLarge', 200_000],
      ['get', null],
    ];
    const { output } = await host.run('entityCalls', { key: list(host), calls });
    const [kept, [, state]] = output as [Answer, [string, string[]]];
    return { kept, length: state[0]?.length ?? 0 };
  },
  'an entity that signals another': async (host) => {
    const calls = [['signalOther', host.id('other')]];
    const { output } = await host.run('entityCalls', { key: list(host), calls });
    await host.pass(5000);
    const other = await host.run(
      'entityCalls',
      { key: host.id('other'), calls: [['get', null]] },
      host.id('two'),
    );
    return { answer: plain(output), other: plain(other.output) };
  },
  'signals and calls at once': async (host) => {
    const { output } = await host.run('entityMany', { key: list(host), signals: 60, calls: 30 });
    const { added, state } = output as { added: number[]; state: number[] };
    return {
      callsInOrder: added.every((length, n) => length === 61 + n),
      inOrder: state.every((one, n) => one === n),
      length: state.length,
    };
  },
  'read by the client': async (host) => {
    const read = () => host.client('readEntityState', { name: 'list', key: list(host) });
    const before = await read();
    await host.run('entityCalls', { key: list(host), calls: [['add', 1]] });
    return { before: plain(before), after: plain(await read()) };
  },
  'two holders of a lock take turns': async (host) => {
    await locks(host, 'a');
    await locks(host, 'b');
    await host.ended(host.id('a'));
    await host.ended(host.id('b'));
    const { output } = await host.run('entityCalls', { key: list(host), calls: [['get', null]] });
    const [[, lines]] = output as [[string, string[]]];
    const holders = lines.map((line) => line.split(' ')[0]);
    return { lines: lines.length, takeTurns: holders[0] === holders[1] && holders[2] === holders[3] };
  },
  'a lock whose holder fails': (host) => afterHolder(host, { fail: true }, (id) => host.raise(id, 'go on')),
  'a lock whose holder is terminated': (host) =>
    afterHolder(host, {}, (id) => host.client('terminate', id, 'enough')),
});
