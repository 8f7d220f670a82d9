/** Plays many rows, so many side by side, and gives their lines in their order. */
import { sideBySide } from '../faults/workers.js';
import type { Templates } from './cloud/templates.js';
import { lineOfMutant, linesOf } from './report.js';
import { lookAtApp } from './rows/app.js';
import type { EndState } from './rows/endState.js';
import { STRAIGHT } from './rows/misbehaviours.js';
import { MUTANTS } from './rows/mutants.js';
import { play } from './rows/rehearse.js';
import type { DeploymentMethod, Row } from './rows/row.js';
import { ROWS, rowOf } from './rows/rows.js';

export interface Rehearsal {
  /** Words of the method and of the misbehaviour, or of the mutant; empty: all. */
  readonly only: string;
  readonly workers: number;
  readonly templates: Templates;
  readonly out: (line: string) => void;
}

type How = Omit<Rehearsal, 'only'>;

/** Plays the rows; gives how many there were and how many were not as expected. */
export async function rehearse({ only, ...how }: Rehearsal): Promise<{ played: number; bad: number }> {
  const wanted = ROWS.filter(({ method, misbehaviour }) => `${method} ${misbehaviour.name}`.includes(only));
  const references = await undisturbedRuns(methodsOf(wanted), how, (row) => wanted.includes(row));
  const rest = wanted.filter(({ misbehaviour }) => misbehaviour !== STRAIGHT);
  let { bad } = references;
  await inOrder(rest, how, async (row) => {
    const result = await play(row, { templates: how.templates, reference: references.ends.get(row.method) });
    if (result.problems.length > 0) bad += 1;
    return linesOf(result);
  });
  return { played: wanted.length, bad };
}

/** Plays each mutant's row; gives how many there were and how many went unnoticed. */
export async function rehearseMutants({ only, ...how }: Rehearsal): Promise<{ played: number; bad: number }> {
  const wanted = MUTANTS.filter(({ name }) => name.includes(only));
  const references = await undisturbedRuns(methodsOf(wanted.map(({ row }) => row)), how, () => false);
  let { bad } = references;
  await inOrder(wanted, how, async (mutant) => {
    const { row, edit } = mutant;
    const { problems } = await play(row, {
      templates: how.templates,
      reference: references.ends.get(row.method),
      mutant: [edit],
    });
    const seen = problems.find((problem) => mutant.sees.test(problem));
    if (seen === undefined) bad += 1;
    return [lineOfMutant(mutant, seen)];
  });
  return { played: wanted.length, bad };
}

function methodsOf(rows: readonly Row[]): readonly DeploymentMethod[] {
  return [...new Set(rows.map(({ method }) => method))];
}

/** Each method without a misbehaviour: how each ends is what the others are compared with. */
async function undisturbedRuns(
  methods: readonly DeploymentMethod[],
  how: How,
  isShown: (row: Row) => boolean,
): Promise<{ ends: ReadonlyMap<DeploymentMethod, EndState>; bad: number }> {
  const ends = new Map<DeploymentMethod, EndState>();
  let bad = 0;
  const rows = methods.map((method) => rowOf(method, STRAIGHT));
  await inOrder(rows, how, async (row) => {
    const result = await play(row, { templates: how.templates, look: lookAtApp });
    ends.set(row.method, result.end);
    if (result.problems.length > 0) bad += 1;
    return isShown(row) || result.problems.length > 0 ? linesOf(result) : [];
  });
  return { ends, bad };
}

/** Works side by side, and prints as soon as all that comes before is printed. */
async function inOrder<T>(
  items: readonly T[],
  { workers, out }: How,
  work: (item: T) => Promise<readonly string[]>,
): Promise<void> {
  const done = new Map<number, readonly string[]>();
  let next = 0;
  const resource = { open: async () => undefined, close: async () => undefined };
  await sideBySide([...items.entries()], workers, resource, async ([at, item]) => {
    done.set(at, await work(item));
    for (let lines = done.get(next); lines !== undefined; lines = done.get(next)) {
      for (const line of lines) out(line);
      next += 1;
    }
    return 'kept';
  });
}
