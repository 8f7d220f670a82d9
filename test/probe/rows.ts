/** The questions as rows of the table that `npm run test:durable` prints: does the real extension still answer so? */
import { isDeepStrictEqual } from 'node:util';
import type { DurableVersion } from '../durable/setup/build.js';
import type { Row } from '../durable/table.js';
import { recordedAnswers } from './answers.js';
import { type Asked, askAll } from './ask.js';
import { extensionProbe } from './extension.js';
import { QUESTIONS } from './questions/index.js';

/** A C# host takes some hundred megabytes and starts in some seconds. */
const OWN_HOSTS = 3;
const SIDE_BY_SIDE = 10;

/** Asks the real extension, those questions whose name is wanted. Whoever calls it calls `endEverything` at the end. */
export function askExtension(
  version: DurableVersion,
  wanted: (name: string) => boolean = () => true,
): Promise<ReadonlyMap<string, Asked>> {
  return askAll(
    QUESTIONS.filter(({ name }) => wanted(name)),
    { open: () => extensionProbe(version), sideBySide: SIDE_BY_SIDE, ownHosts: OWN_HOSTS },
  );
}

/**
 * Asks the real extension everything and compares with what is recorded of its version: a row for each subject, whose
 * remarks name the questions that it answered otherwise. Whoever calls it calls `endEverything` at the end.
 */
export async function probeRows(version: DurableVersion): Promise<readonly Row[]> {
  const began = performance.now();
  const { answers } = recordedAnswers(version);
  const asked = await askExtension(version);
  const seconds = (performance.now() - began) / 1000;
  const subjects = new Set([...asked.keys()].map(subjectOf));
  return [...subjects].map((subject) => {
    const all = [...asked].filter(([name]) => subjectOf(name) === subject);
    const remarks = all.flatMap(([name, one]) => difference(name, one, answers[name]));
    return {
      version,
      scenario: `probe: ${subject}`,
      outcome: `${all.length - remarks.length} of ${all.length} as recorded`,
      verdict: remarks.length === 0 ? 'passed' : 'failed',
      remarks,
      seconds,
      kills: 0,
      writes: 0,
    };
  });
}

function subjectOf(name: string): string {
  return name.split(': ')[0] ?? name;
}

function difference(name: string, asked: Asked, recorded: unknown): string[] {
  if ('failed' in asked) return [`${name}: ${asked.failed}`];
  if (isDeepStrictEqual(asked.answer, recorded)) return [];
  return [`${name}: ${JSON.stringify(asked.answer)} in place of ${JSON.stringify(recorded)}`];
}
