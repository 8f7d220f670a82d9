/** Puts questions to a host, side by side. */
import type { ProbeCloud } from './cloud.js';
import { type HostAccess, ProbeHost } from './host.js';
import type { Answer, Question } from './question.js';

/** What came of a question: an answer, or why there is none. */
export type Asked = { readonly answer: Answer } | { readonly failed: string };

export interface AskOptions {
  /** A host that has not been started. */
  readonly open: () => ProbeCloud;
  /** How many questions share a host at once. */
  readonly sideBySide: number;
  /** How many questions with a host of their own are asked at once. */
  readonly ownHosts: number;
  readonly onAsked?: (name: string, asked: Asked) => void;
}

/** One question; what it throws is told, not thrown. Instance ids begin with `prefix`. */
export async function askOne(question: Question, access: HostAccess, prefix: string): Promise<Asked> {
  try {
    return { answer: await question.ask(new ProbeHost(access, `${prefix}-${idOf(question.name)}`)) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

/** One question on a host of its own, which is ended. */
export async function askAlone(question: Question, cloud: ProbeCloud): Promise<Asked> {
  try {
    return await askOne(question, cloud, 'own');
  } finally {
    await cloud.stop();
  }
}

/** All of them, by name, in their order. Throws what a host throws that does not start. */
export async function askAll(
  questions: readonly Question[],
  { open, sideBySide, ownHosts, onAsked }: AskOptions,
): Promise<ReadonlyMap<string, Asked>> {
  const asked = new Map<string, Asked>(questions.map(({ name }) => [name, { failed: 'not asked' }]));
  const inParallel = (workers: number, all: readonly Question[], ask: (one: Question) => Promise<Asked>) => {
    const waiting = [...all];
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const one = await ask(next);
        asked.set(next.name, one);
        onAsked?.(next.name, one);
      }
    };
    return Promise.all(Array.from({ length: workers }, worker));
  };
  const shared = questions.filter(({ ownHost }) => ownHost !== true);
  const cloud = open();
  try {
    if (shared.length > 0) await cloud.start({});
    await Promise.all([
      inParallel(sideBySide, shared, (one) => askOne(one, cloud, 'asked')),
      inParallel(
        ownHosts,
        questions.filter(({ ownHost }) => ownHost === true),
        (one) => askAlone(one, open()),
      ),
    ]);
  } finally {
    await cloud.stop();
  }
  return asked;
}

/** The name as a part of an instance id. */
function idOf(name: string): string {
  return name.replace(/\W+/g, '-').toLowerCase();
}
