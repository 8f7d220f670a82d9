/** Each message that a scenario sends × each repetition of it. */
import { sideBySide } from '../workers.js';
import { text } from './messages.js';
import { type Message, REPETITIONS, twice } from './repetitions.js';
import type { DuplicateScenario } from './scenario.js';
import { brokenOff, type OpenOptions, ScenarioCloud, type ScenarioReport } from './scenarioCloud.js';
import { SCENARIOS } from './scenarios.js';

export interface DuplicateCase {
  readonly scenario: DuplicateScenario;
  readonly message: Message;
  readonly repetition: string;
  readonly how: Parameters<typeof twice>[1];
}

/** By scenario: what it sends. */
export type Sent = ReadonlyMap<DuplicateScenario, readonly Message[]>;

/** The cases of all that these scenarios send: a new activity, operation or child in one of them has its cases by itself. */
export function casesOf(sent: Sent): DuplicateCase[] {
  const elsewhere = new Set([...sent].flatMap(([{ kinds }, messages]) => (kinds ? [] : messages.map(text))));
  return [...sent].flatMap(([scenario, messages]) =>
    messages
      .filter(
        ({ kind, name }) => !elsewhere.has(text({ kind, name })) || (scenario.kinds?.includes(kind) ?? true),
      )
      .flatMap((message) =>
        REPETITIONS[message.kind].map(([repetition, how]) => ({ scenario, message, repetition, how })),
      ),
  );
}

/**
 * Runs a scenario undisturbed: what it sends. Throws where it does not end as it has to. `then` may go on in the same cloud.
 */
export async function observe(
  scenario: DuplicateScenario,
  then: (messages: readonly Message[], cloud: ScenarioCloud) => Promise<void> = () => Promise.resolve(),
  options: Pick<OpenOptions, 'launch'> = {},
): Promise<readonly Message[]> {
  const cloud = await ScenarioCloud.open(scenario, { ...options, keepHistories: true });
  try {
    const { report, messages } = await cloud.messages();
    if (isBad(report)) throw new Error(`${scenario.name}, undisturbed: ${wrongIn(report)}`);
    await then(messages, cloud);
    return messages;
  } finally {
    await cloud.close();
  }
}

/** Runs cases, those of one scenario on the same clouds, `workers` of them side by side. */
export async function runCases(
  cases: readonly DuplicateCase[],
  workers: number,
  onReport: (faultCase: DuplicateCase, report: ScenarioReport) => void,
): Promise<void> {
  for (const scenario of SCENARIOS) {
    await sideBySide(
      cases.filter((faultCase) => faultCase.scenario === scenario),
      workers,
      { open: () => ScenarioCloud.open(scenario), close: (cloud) => cloud.close() },
      async (faultCase, cloud) => {
        const report = await runCase(faultCase, cloud);
        onReport(faultCase, report);
        return isBad(report) ? 'spoilt' : 'kept';
      },
    );
  }
}

/** Runs one case on a cloud of its scenario. */
export function runCase({ message, how }: DuplicateCase, cloud: ScenarioCloud): Promise<ScenarioReport> {
  return cloud.run([twice(message, how)]).catch(brokenOff);
}

export function isBad({ violations, defects }: ScenarioReport): boolean {
  return violations.length > 0 || defects.length > 0;
}

/** What broke, in one line. */
export function wrongIn({ violations, defects }: ScenarioReport): string {
  return [...violations.map(({ rule, what }) => `rule ${rule}: ${what}`), ...defects].join('; ');
}
