/** A question to a durable host, and what counts of its answer. */
import type { ProbeHost } from './host.js';

/** A small JSON value without what varies: ids, times, counts. */
export type Answer =
  | null
  | boolean
  | number
  | string
  | readonly Answer[]
  | { readonly [key: string]: Answer };

export interface Question {
  /** Subject and question, as the recorded answers name it. */
  readonly name: string;
  readonly ask: (host: ProbeHost) => Promise<Answer>;
  /** It gets a host of its own, which it starts itself. */
  readonly ownHost?: boolean;
}

/** The questions of one subject: `questions('time', { clock: … })` are `time: clock` and so on. */
export function questions(
  subject: string,
  asks: Readonly<Record<string, Question['ask']>>,
  how: Pick<Question, 'ownHost'> = {},
): Question[] {
  return Object.entries(asks).map(([name, ask]) => ({ name: `${subject}: ${name}`, ask, ...how }));
}
