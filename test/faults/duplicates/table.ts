/** Runs every message that comes twice, and prints the table scenario × message × repetition × verdict. */
import { casesOf, type DuplicateCase, isBad, observe, runCases, wrongIn } from './cases.js';
import { text } from './messages.js';
import type { Message } from './repetitions.js';
import type { DuplicateScenario } from './scenario.js';
import type { ScenarioReport } from './scenarioCloud.js';
import { SCENARIOS } from './scenarios.js';

/** Gives whether none of them broke a rule, or ended in another way than without duplicates. */
export async function duplicatesTable(options: {
  readonly only: string;
  readonly workers: number;
  readonly out: (line: string) => void;
}): Promise<boolean> {
  const { only, workers, out } = options;
  const sent = new Map<DuplicateScenario, readonly Message[]>();
  for (const scenario of SCENARIOS) {
    const messages = await observe(scenario);
    out(`${scenario.name}, undisturbed: sends ${messages.length} kinds of messages`);
    sent.set(scenario, messages);
  }
  const cases = casesOf(sent).filter((faultCase) => nameOf(faultCase).includes(only));
  let bad = 0;
  let absent = 0;
  await runCases(cases, workers, (faultCase, report) => {
    if (isBad(report)) bad += 1;
    else if (report.doubled === 0) absent += 1;
    out(row(faultCase, report));
  });
  out(`${cases.length} ways of coming twice, ${bad} with a violation, ${absent} did not occur`);
  return bad === 0;
}

/** By which `--only` finds it. */
export function nameOf({ scenario, message, repetition }: DuplicateCase): string {
  return `${scenario.name}: ${text(message)} ${repetition}`;
}

function row({ scenario, message, repetition }: DuplicateCase, report: ScenarioReport): string {
  const verdict = isBad(report)
    ? `VIOLATION ${wrongIn(report)}`
    : report.doubled === 0
      ? 'did not occur'
      : 'kept';
  return `${scenario.name.padEnd(20)} ${text(message).padEnd(36)} ${repetition.padEnd(26)} ${`${report.doubled} twice`.padEnd(10)} ${verdict}`;
}
