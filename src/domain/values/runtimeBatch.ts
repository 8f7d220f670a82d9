/** Runtimes that stand together: one list shows them all, so that they are written and looked at together. */
import type { RuntimeId } from './runtimeId.js';

/** Made by a kind of runtime. It stands in durable histories, and so is short: its members are told by the rest of their ids. */
export interface RuntimeBatch {
  readonly kind: string;
  /** What tells it from others; ids of orchestrations are made of it. */
  readonly key: string;
  /** What the ids of its members begin with. */
  readonly ids: string;
  /** What their names for people begin with. */
  readonly names: string;
}

/** How fast runtimes may be written that share a budget of their service. */
export interface Pace {
  /** So many may start together, */
  readonly atOnce: number;
  /** and so many a second after that. */
  readonly perSecond: number;
}

/** The member of a batch that has this rest. */
export function memberOf(batch: RuntimeBatch, rest: string): RuntimeId {
  return { kind: batch.kind, id: `${batch.ids}${rest}`, name: `${batch.names}${rest}` };
}

/** What is left of a member's id: its name in the batch. */
export function restOf(batch: RuntimeBatch, { id }: RuntimeId): string {
  return id.slice(batch.ids.length);
}

/** What the texts of several batches begin and end with: kept once, where so many batches stand together. */
export type BatchesInCommon = Readonly<Record<keyof RuntimeBatch, readonly [begin: string, end: string]>>;

/** What is left of a batch without what it has in common with others; a text of which nothing is left is absent. */
export type BatchRest = Partial<RuntimeBatch>;

const FIELDS = ['kind', 'key', 'ids', 'names'] as const;

/** What these batches have in common, text by text. */
export function inCommon(batches: readonly RuntimeBatch[]): BatchesInCommon {
  const of = (field: keyof RuntimeBatch) => commonEnds(batches.map((batch) => batch[field]));
  return { kind: of('kind'), key: of('key'), ids: of('ids'), names: of('names') };
}

/** A batch without what it has in common with others; `wholeBatch` makes it whole again. */
export function batchRest(batch: RuntimeBatch, common: BatchesInCommon): BatchRest {
  const rests = FIELDS.map((field) => {
    const [begin, end] = common[field];
    return [field, batch[field].slice(begin.length, batch[field].length - end.length)] as const;
  });
  return Object.fromEntries(rests.filter(([, rest]) => rest !== ''));
}

/** The batch that has this rest; without `common` the rest is the whole. */
export function wholeBatch(rest: BatchRest, common?: BatchesInCommon): RuntimeBatch {
  const of = (field: keyof RuntimeBatch) => {
    const [begin, end] = common?.[field] ?? ['', ''];
    return `${begin}${rest[field] ?? ''}${end}`;
  };
  return { kind: of('kind'), key: of('key'), ids: of('ids'), names: of('names') };
}

/** What all texts begin and end with, at most the shortest of them. No character is cut in two: half of one is no text. */
function commonEnds(texts: readonly string[]): readonly [begin: string, end: string] {
  const [first = [], ...others] = texts.map((text) => [...text]);
  const shared = (
    from: readonly string[],
    at: (text: readonly string[], index: number) => string | undefined,
  ) => {
    const until = from.findIndex((_, index) => others.some((other) => at(other, index) !== at(from, index)));
    return until === -1 ? from.length : until;
  };
  const begin = shared(first, (text, index) => text[index]);
  const shortest = Math.min(...[first, ...others].map(({ length }) => length));
  const end = Math.min(
    shared(first, (text, index) => text[text.length - 1 - index]),
    shortest - begin,
  );
  return [first.slice(0, begin).join(''), first.slice(first.length - end).join('')];
}
