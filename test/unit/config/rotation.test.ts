import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../../src/config/load.js';

const EXAMPLE = readFileSync(new URL('../../../examples/airlock.yaml', import.meta.url), 'utf8');

/** What adds up to the time that a rotation may take, as words of the configuration file. */
interface Limits {
  readonly rotateBeforeDays: number;
  readonly overlapHours: number;
  /** How long one runtime may be checked; being changeable and ready take ten hours more. */
  readonly checkMinutes: number;
  readonly deadlineHours?: number;
  /** From 02:00 on each Monday. */
  readonly windowEnds?: string;
}

/** The example with these limits, and the line that `rotateBeforeDays` is in. */
function withLimits(limits: Limits): { readonly text: string; readonly line: number } {
  const { rotateBeforeDays, overlapHours, checkMinutes, deadlineHours, windowEnds } = limits;
  const rotation = [
    `overlapHours: ${overlapHours}`,
    ...(deadlineHours === undefined
      ? []
      : [`approval: { before: pilot, deadlineHours: ${deadlineHours}, otherwise: stop }`]),
    `rotateBeforeDays: ${rotateBeforeDays}`,
  ];
  const windows =
    windowEnds === undefined
      ? ''
      : `    maintenance: { windows: [{ days: [mon], start: "02:00", end: "${windowEnds}", timeZone: UTC }] }\n`;
  const text = EXAMPLE.replace(
    '\nprofiles:\n',
    `    rotation:\n${rotation.map((one) => `      ${one}\n`).join('')}\nprofiles:\n`,
  )
    .replace('changeableMinutes: 60', 'changeableMinutes: 360')
    .replace('readyMinutes: 90', 'readyMinutes: 240')
    .replace('checkMinutes: 30', `checkMinutes: ${checkMinutes}`)
    .replace('    limits:\n', `${windows}    limits:\n`);
  const line = text.split('\n').findIndex((one) => one.includes('rotateBeforeDays')) + 1;
  return { text, line };
}

function problemsOf(text: string) {
  const result = checkConfiguration(text, 'airlock.yaml');
  return result.ok ? [] : result.problems;
}

describe('the time that a rotation may take', () => {
  // Pilot and rest, each up to 10 h and the check's two, with an overlap of a day: two days, of which none is left over.
  const BARE: Limits = { rotateBeforeDays: 2, overlapHours: 24, checkMinutes: 120 };
  const APPROVED: Limits = { ...BARE, rotateBeforeDays: 3, deadlineHours: 24 };
  // Pilot and rest each miss one window by a little and wait a week less its four hours for the next.
  const WINDOWED: Limits = { ...BARE, rotateBeforeDays: 16, overlapHours: 32, windowEnds: '06:00' };

  it.each<[what: string, fits: Limits, outlasts: Limits, hours: number, days: number]>([
    ['moving the runtimes', BARE, { ...BARE, checkMinutes: 121 }, 49, 3],
    ['the overlap', BARE, { ...BARE, overlapHours: 25 }, 49, 3],
    ["the approval's deadline", APPROVED, { ...APPROVED, deadlineHours: 25 }, 73, 4],
    ['the gaps between windows', WINDOWED, { ...WINDOWED, windowEnds: '05:59' }, 385, 17],
  ])('must not outlast rotateBeforeDays: %s', (_, fits, outlasts, hours, days) => {
    const { text, line } = withLimits(outlasts);

    expect(problemsOf(withLimits(fits).text)).toEqual([]);
    expect(problemsOf(text)).toEqual([
      {
        source: 'airlock.yaml',
        path: 'credentials.airflow-reader.rotation.rotateBeforeDays',
        line,
        column: expect.any(Number),
        message: `Rotating can take ${hours} h (approval, windows, moving the runtimes, overlap), longer than rotateBeforeDays.`,
        remedy: `Make rotateBeforeDays at least ${days}, or shorten the approval's deadline, the gaps between windows, the limits or the overlap.`,
      },
    ]);
  });

  it('counts with the slowest of the profiles that have the credential', () => {
    const { text } = withLimits(BARE);
    const profile = text.slice(text.indexOf('  - name: sales'));
    const other = profile
      .replace('name: sales', 'name: other')
      .replace('factory: adf-sales', 'factory: adf-hr');
    const both = (more: string) => problemsOf(`${text}${more}`).map(({ message }) => message);

    expect(both(other)).toEqual([]);
    expect(both(other.replace('checkMinutes: 120', 'checkMinutes: 121'))).toEqual([
      expect.stringContaining('Rotating can take 49 h'),
    ]);
  });
});
