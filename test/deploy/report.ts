/** What the rehearsal prints: a line a row, and below a row that is not as expected what was expected. */
import type { Mutant } from './rows/mutants.js';
import type { Played } from './rows/rehearse.js';

const WIDTHS = { step: 36, misbehaviour: 51 } as const;

export const HEAD = `${'step'.padEnd(WIDTHS.step)} ${'misbehaviour'.padEnd(WIDTHS.misbehaviour)} end`;

/** The lines of one row. */
export function linesOf({ row, step, line, minutes, problems }: Played): readonly string[] {
  const { method, misbehaviour, ends, again = 'a second run' } = row;
  const place = `${method}${step === '' ? '' : `: ${step}`}`.slice(0, WIDTHS.step).padEnd(WIDTHS.step);
  const how = ends === 'well' ? `ends well after ${Math.round(minutes)} min` : `stops, and ${again} heals`;
  const said = row.says === undefined ? '' : `: ${line.trim().replace(/\s+/g, ' ')}`;
  const end = problems.length === 0 ? `${how}${said}` : 'NOT AS EXPECTED';
  const expected = `expected: ${ends === 'well' ? 'it ends well' : `it stops, and ${again} heals`}${row.says ? `, and says ${row.says}` : ''}`;
  const record = `on record: ${misbehaviour.record || 'nothing goes wrong here'}`;
  return [
    `${place} ${misbehaviour.name.padEnd(WIDTHS.misbehaviour)} ${end}`,
    ...(problems.length === 0 ? [] : [record, expected, ...problems].map((one) => `    ${one}`)),
  ];
}

/** The line of a mutant: the row that noticed it, and by what; undefined: by nothing. */
export function lineOfMutant({ name, row, sees }: Mutant, seen: string | undefined): string {
  const where = `${row.method}: ${row.misbehaviour.name}`;
  const verdict = seen === undefined ? `NOT NOTICED, expected: ${sees}` : `red: ${seen.slice(0, 100)}`;
  return `${name.padEnd(54)} ${where.padEnd(58)} ${verdict}`;
}
