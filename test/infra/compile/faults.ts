/** That the proofs would find faults: each is put into a copy of the templates, and must be named, with file and line. */
import { join } from 'node:path';
import { readSnapshot } from '../evaluate/snapshot.js';
import { RECORDED } from '../options.js';
import { brokenRules } from '../rules.js';
import { differences } from './compare.js';
import type { Compiler } from './compiler.js';
import { type Copy, copyTemplates, sourcesOf } from './copy.js';
import { ageEveryVersion, breakIn, MUTANTS, type Mutant, type Place } from './mutants.js';
import type { Proof, Row } from './proofs.js';
import { recordedSnapshot } from './snapshots.js';

/** @param folder where copies of the templates are made */
export function faultProofs(compiler: Compiler, folder: string): readonly Proof[] {
  const [linted, others] = [true, false].map((is) => MUTANTS.filter(({ by }) => (by === 'lint') === is));
  return [
    () => foundByLint(compiler, join(folder, 'linted'), linted ?? []),
    ...(others ?? []).map((mutant, i) => async () => {
      const copy = copyTemplates(join(folder, `fault-${i}`));
      const place = breakIn(copy, mutant);
      return [found(mutant, place, await said(compiler, copy, mutant))];
    }),
  ];
}

/** All of them in one call: a compiler that is warm takes a tenth of the time. */
async function foundByLint(
  compiler: Compiler,
  folder: string,
  mutants: readonly Mutant[],
): Promise<readonly Row[]> {
  const broken = mutants.map((mutant, i) => {
    const copy = copyTemplates(join(folder, String(i)));
    return { mutant, at: `${i}/`, place: breakIn(copy, mutant) };
  });
  const places = ageEveryVersion(copyTemplates(join(folder, 'aged')));
  const lines = await compiler.lint(folder);
  const of = (at: string) => lines.filter((line) => line.startsWith(at)).map((line) => line.slice(at.length));
  // Of a version that the compiler has no types for it says that, and its linter nothing.
  const aged = of('aged/').filter((line) => /use-recent-api-versions|BCP081/.test(line));
  const unnamed = places.filter((place) => !aged.some((line) => isAt(line, place)));
  return [
    ...broken.map(({ mutant, at, place }) => found(mutant, place, of(at))),
    {
      name: `finds an old version in each of ${places.length} resources`,
      wrong: unnamed.map((place) => `not named: ${place})`),
    },
  ];
}

async function said(compiler: Compiler, copy: Copy, { by }: Mutant): Promise<readonly string[]> {
  if (by === 'format') return compiler.misformatted(copy);
  if (by === 'rules') return brokenRules(sourcesOf(copy));
  const [options] = RECORDED;
  if (options === undefined) throw new Error('No snapshot is recorded.');
  const predicted = readSnapshot(await compiler.snapshot(copy, options));
  return differences(readSnapshot(recordedSnapshot(options)), predicted);
}

function found({ name, by, says }: Mutant, place: Place, lines: readonly string[]): Row {
  // A snapshot has no lines of a template: there the resource and its value are named.
  const isNamed = lines.some((line) => says.test(line) && (by === 'snapshot' || isAt(line, place)));
  return { name: `finds ${name}`, wrong: isNamed ? [] : [`not named: ${place}), ${says}`, ...lines] };
}

function isAt(line: string, place: Place): boolean {
  return line.startsWith(`${place},`) || line.startsWith(`${place})`);
}
