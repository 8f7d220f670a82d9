/** What is proven of the templates with the compiler. */
import { join } from 'node:path';
import { deployWithOutputs } from '../evaluate/deploy.js';
import { readSnapshot } from '../evaluate/snapshot.js';
import { OPTION_SETS, type OptionSet, RECORDED } from '../options.js';
import { brokenRules } from '../rules.js';
import { differences } from './compare.js';
import type { Compiler } from './compiler.js';
import { copyTemplates, sourcesOf } from './copy.js';
import { recordedSnapshot, recordSnapshot } from './snapshots.js';

export interface Row {
  readonly name: string;
  /** What is wrong, a line each: nothing where it is proven. */
  readonly wrong: readonly string[];
}

/** Gives its rows when it is through. */
export type Proof = () => Promise<readonly Row[]>;

/**
 * That the compiler has nothing to say of the templates, and that they break no rule of this project. Where they do, there
 * is no use in the other proofs.
 */
export async function lintProof(compiler: Compiler, folder: string): Promise<readonly Row[]> {
  const copy = copyTemplates(join(folder, 'lint', '0'));
  const said = await compiler.lint(join(folder, 'lint'));
  return [
    { name: 'the compiler says nothing as it lints', wrong: said.map((line) => line.replace(/^0\//, '')) },
    { name: 'no rule of this project is broken', wrong: brokenRules(sourcesOf(copy)) },
  ];
}

/**
 * That the templates are built without a word, in the compiler's format, and that they deploy what the evaluator says and
 * what is recorded.
 *
 * @param folder where copies of the templates are made
 * @param record whether what the templates deploy is recorded, not compared with what was
 */
export function proofs(compiler: Compiler, folder: string, record: boolean): readonly Proof[] {
  const copied = (name: string) => copyTemplates(join(folder, name));
  return [
    async () => [
      { name: 'the compiler says nothing as it builds', wrong: await compiler.build(copied('build')) },
    ],
    async () => [
      { name: "the format is the compiler's", wrong: await compiler.misformatted(copied('format')) },
    ],
    ...OPTION_SETS.map((options) => async () => {
      const json = await compiler.snapshot(copied(options.name), options);
      return provenSnapshot(options, json, record);
    }),
  ];
}

function provenSnapshot(options: OptionSet, json: string, record: boolean): readonly Row[] {
  const predicted = readSnapshot(json);
  const evaluated = deployWithOutputs(options.over, options.environment);
  const name = `the snapshot ${options.name}`;
  const rows: Row[] = [
    { name: `${name} is what the evaluator says`, wrong: differences(evaluated, predicted) },
  ];
  if (!RECORDED.includes(options)) return rows;
  if (record) {
    recordSnapshot(options, json);
    return [...rows, { name: `${name} is recorded`, wrong: [] }];
  }
  const changed = differences(readSnapshot(recordedSnapshot(options)), predicted);
  const wrong = changed.length === 0 ? [] : [...changed, 'Is it meant? npm run snapshots:record records it.'];
  return [...rows, { name: `${name} is what is recorded`, wrong }];
}
