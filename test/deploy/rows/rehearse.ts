/** Plays one row: a deployment with one misbehaviour, then the same again after its cause is gone. */
import { evaluatedTemplates, type Templates } from '../cloud/templates.js';
import type { RehearsalContext } from '../context.js';
import type { Edit } from '../machine/project.js';
import { differences, type EndState, endStateOf } from './endState.js';
import { faultsAtTheEnd } from './judge.js';
import type { Row } from './row.js';
import { openSetup, type RowSetup } from './setup.js';

/** Of a row that is not as expected, so many of the last lines are shown, and so much of each. */
const LINES = 25;
const WIDTH = 300;

/** Somebody reads what was said and tries again; what takes its time is done then. Seconds. */
const BETWEEN_RUNS = 300;

export interface Played {
  readonly row: Row;
  /** Where the user was told it, or where the first run ended. */
  readonly step: string;
  /** What the user saw: the line that the row names, or the last one. */
  readonly line: string;
  /** Virtual minutes of the first run. */
  readonly minutes: number;
  /** What is not as expected, a line each. */
  readonly problems: readonly string[];
  readonly end: EndState;
}

export interface PlayOptions {
  /** Default: the project's own evaluator. */
  readonly templates?: Templates;
  /** The end of the method without a misbehaviour; absent: this is that row. */
  readonly reference?: EndState | undefined;
  /** Changes of azure.yaml and of the workflow: mutants. */
  readonly mutant?: readonly Edit[];
  /** Looks at the cloud after the first run, where that ended well; gives what is wrong. */
  readonly look?: ((context: RehearsalContext) => Promise<readonly string[]>) | undefined;
}

/** Plays a row. Never throws: what goes wrong is a problem of the row. */
export async function play(
  row: Row,
  { templates = evaluatedTemplates, reference, mutant = [], look }: PlayOptions = {},
): Promise<Played> {
  const problems: string[] = [];
  const defect = (error: unknown) => problems.push(error instanceof Error ? error.message : String(error));
  let setup: RowSetup | undefined;
  try {
    setup = await openSetup(row, { templates, mutant }, defect);
    return await playOn(setup, row, { problems, reference, look });
  } catch (error) {
    defect(error);
    const last = setup?.context.shown.at(-1) ?? { step: '', line: '' };
    return { row, ...last, minutes: 0, problems, end: {} };
  } finally {
    await setup?.close();
  }
}

interface Judging extends Pick<PlayOptions, 'reference' | 'look'> {
  /** What is not as expected is added. */
  readonly problems: string[];
}

async function playOn(setup: RowSetup, row: Row, { problems, reference, look }: Judging): Promise<Played> {
  const { context } = setup;
  const { cloud } = context;
  const note = (run: string, found: readonly string[]) =>
    problems.push(...found.map((one) => `${run}: ${one}`));
  const begin = cloud.kernel.clock.now();
  const first = await setup.run();
  const minutes = (cloud.kernel.clock.now() - begin) / 60_000;
  const said = [...context.shown];
  const found = row.says && said.find(({ step, line }) => row.says?.test(`${step}: ${line}`));
  if (row.says && !found) problems.push(`nothing said ${row.says}`);
  if (first !== (row.ends === 'well')) problems.push(`the first run ${first ? 'ended well' : 'stopped'}`);

  await context.machine.wait(BETWEEN_RUNS);
  // Where something is left to repair, the end is not there yet.
  const isWhole = first && row.ends === 'well' && !setup.isWrong;
  if (isWhole) {
    note('after the first run', await compare(setup, reference));
    if (look && problems.length === 0) note('the app', await look(context));
  }
  setup.repair();
  if (row.misbehaviour.downBetween) note('azd down', await setup.down());

  const before = endStateOf(cloud, setup.environment());
  const second = await setup.run(row.again);
  await context.machine.wait(BETWEEN_RUNS);
  const end = endStateOf(cloud, setup.environment());
  if (!second) problems.push('the second run stopped');
  else {
    note('after the second run', await compare(setup, reference));
    if (isWhole && !row.misbehaviour.downBetween) note('the second run', differences(before, end));
  }
  if (problems.length > 0) {
    const lines = context.shown.slice(-LINES).map(({ step, line }) => `  ${step}: ${line}`);
    problems.push(...lines.map((line) => line.slice(0, WIDTH)));
  }
  return { row, ...(found ?? said.at(-1) ?? { step: '', line: '' }), minutes, problems, end };
}

async function compare(
  { context, folder, environment }: RowSetup,
  reference: EndState | undefined,
): Promise<readonly string[]> {
  const faults = await faultsAtTheEnd(context, folder);
  return reference === undefined
    ? faults
    : [...faults, ...differences(reference, endStateOf(context.cloud, environment()))];
}
