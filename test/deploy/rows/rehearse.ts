/** Plays one row: the way with one misbehaviour, then the same again after its cause is gone. */
import { evaluatedTemplates, type Templates } from '../cloud/templates.js';
import type { Edit } from '../machine/project.js';
import type { Scene } from '../scene.js';
import { differences, type EndState, endStateOf } from './endState.js';
import { faultsAtTheEnd } from './judge.js';
import type { Row } from './row.js';
import { openStage, type Stage } from './stage.js';

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
  /** The end of the way without a misbehaviour; absent: this is that row. */
  readonly reference?: EndState | undefined;
  /** Changes of azure.yaml and of the workflow: mutants. */
  readonly mutant?: readonly Edit[];
  /** Looks at the cloud after the first run, where that ended well; gives what is wrong. */
  readonly look?: ((scene: Scene) => Promise<readonly string[]>) | undefined;
}

/** Plays a row. Never throws: what goes wrong is a problem of the row. */
export async function play(
  row: Row,
  { templates = evaluatedTemplates, reference, mutant = [], look }: PlayOptions = {},
): Promise<Played> {
  const problems: string[] = [];
  const defect = (error: unknown) => problems.push(error instanceof Error ? error.message : String(error));
  let stage: Stage | undefined;
  try {
    stage = await openStage(row, { templates, mutant }, defect);
    return await playOn(stage, row, { problems, reference, look });
  } catch (error) {
    defect(error);
    const last = stage?.scene.shown.at(-1) ?? { step: '', line: '' };
    return { row, ...last, minutes: 0, problems, end: {} };
  } finally {
    await stage?.close();
  }
}

interface Judging extends Pick<PlayOptions, 'reference' | 'look'> {
  /** What is not as expected is added. */
  readonly problems: string[];
}

async function playOn(stage: Stage, row: Row, { problems, reference, look }: Judging): Promise<Played> {
  const { scene } = stage;
  const { cloud } = scene;
  const note = (run: string, found: readonly string[]) =>
    problems.push(...found.map((one) => `${run}: ${one}`));
  const begin = cloud.kernel.clock.now();
  const first = await stage.run();
  const minutes = (cloud.kernel.clock.now() - begin) / 60_000;
  const said = [...scene.shown];
  const found = row.says && said.find(({ step, line }) => row.says?.test(`${step}: ${line}`));
  if (row.says && !found) problems.push(`nothing said ${row.says}`);
  if (first !== (row.ends === 'well')) problems.push(`the first run ${first ? 'ended well' : 'stopped'}`);

  await scene.machine.wait(BETWEEN_RUNS);
  // Where something is left to mend, the end is not there yet.
  const isWhole = first && row.ends === 'well' && !stage.isWrong;
  if (isWhole) {
    note('after the first run', await compare(stage, reference));
    if (look && problems.length === 0) note('the app', await look(scene));
  }
  stage.mend();
  if (row.misbehaviour.downBetween) note('azd down', await stage.down());

  const before = endStateOf(cloud, stage.environment());
  const second = await stage.run(row.again);
  await scene.machine.wait(BETWEEN_RUNS);
  const end = endStateOf(cloud, stage.environment());
  if (!second) problems.push('the second run stopped');
  else {
    note('after the second run', await compare(stage, reference));
    if (isWhole && !row.misbehaviour.downBetween) note('the second run', differences(before, end));
  }
  if (problems.length > 0) {
    const lines = scene.shown.slice(-LINES).map(({ step, line }) => `  ${step}: ${line}`);
    problems.push(...lines.map((line) => line.slice(0, WIDTH)));
  }
  return { row, ...(found ?? said.at(-1) ?? { step: '', line: '' }), minutes, problems, end };
}

async function compare(
  { scene, folder, environment }: Stage,
  reference: EndState | undefined,
): Promise<readonly string[]> {
  const faults = await faultsAtTheEnd(scene, folder);
  return reference === undefined
    ? faults
    : [...faults, ...differences(reference, endStateOf(scene.cloud, environment()))];
}
