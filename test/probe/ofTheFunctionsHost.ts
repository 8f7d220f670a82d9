/**
 * Questions about the Functions host, the process around the extensions. It is nowhere run here: what it answers is
 * taken from its documentation and its published source.
 */
import type { ProbeHost } from './host.js';
import { type Answer, type Question, questions } from './question.js';

export interface DocumentedQuestion extends Question {
  readonly documented: Answer;
  /** Where the answer stands. */
  readonly source: string;
}

interface Occurrence {
  readonly isPastDue: boolean;
  readonly status: { readonly last: string; readonly next: string };
}

function documented(
  source: string,
  answers: Readonly<Record<string, readonly [ask: Question['ask'], documented: Answer]>>,
): DocumentedQuestion[] {
  const asks = Object.fromEntries(Object.entries(answers).map(([name, [ask]]) => [name, ask]));
  const all = Object.values(answers);
  return questions('Functions host', asks).map((question, n) => ({
    ...question,
    documented: all[n]?.[1] ?? null,
    source,
  }));
}

/** What the app got as the body of a request. */
async function arrived(host: ProbeHost, body: NonNullable<RequestInit['body']>): Promise<Answer> {
  const { body: answer } = await host.http('/api/body', { method: 'POST', body });
  return (answer as { body: string }).body;
}

export const OF_THE_FUNCTIONS_HOST: readonly DocumentedQuestion[] = [
  ...documented('https://github.com/Azure/azure-functions-nodejs-library/issues/171', {
    'a body with Content-Length': [(host) => arrived(host, 'words'), 'words'],
    'a body without Content-Length does not arrive': [
      (host) => arrived(host, new Blob(['words']).stream()),
      '',
    ],
  }),
  ...documented(
    'https://github.com/Azure/azure-webjobs-sdk-extensions/blob/dev/src/WebJobs.Extensions/Extensions/Timers/Listener/TimerListener.cs',
    {
      "a timer's scheduleStatus.last is the occurrence before": [
        async (host) => {
          const hours = async () => (await host.effects('hourly')) as Occurrence[];
          while ((await hours()).length < 3) await host.pass(900_000);
          const [, second, third] = await hours();
          return {
            isPastDue: third?.isPastDue ?? null,
            hoursFromLastToNext: hoursBetween(third?.status.last, third?.status.next),
            lastIsWhatWasNext: third?.status.last.slice(0, 13) === second?.status.next.slice(0, 13),
          };
        },
        { isPastDue: false, hoursFromLastToNext: 1, lastIsWhatWasNext: true },
      ],
    },
  ),
];

function hoursBetween(from = '', to = ''): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
}
