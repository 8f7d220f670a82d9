/** What a scenario is: faults and disturbances under which the app works for a while, and how that ended. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import type { Violation } from './audit.js';
import type { Disturbance, SecretWrite } from './disturbances.js';

export interface FaultScenario {
  readonly faults: readonly NewFault[];
  readonly disturbances: readonly Disturbance[];
  /**
   * What it begins with: a rotation (with the strategy `external` the next version of the secret); `event`: a person
   * sets a runtime up anew while the app has no instances; `due`: a day before the credential becomes due, and nobody
   * starts anything.
   */
  readonly startedBy?: 'event' | 'due';
  /** What the next version is like, with the strategy `external`. */
  readonly writes?: SecretWrite;
  /** So many days go by before what lasts is ended. */
  readonly days?: number;
  /** How often the app may restart these runtimes before that. */
  readonly restarts?: Readonly<Record<string, number>>;
  /** Its faults have to strike: it would say nothing otherwise. */
  readonly mustStrike?: true;
  /** How its run has to end. */
  readonly expectedOutcome?: string;
  /** Types of events, without their version, that it has to end with for somebody to hear of it. */
  readonly expectedEvents?: readonly string[];
}

export interface Report {
  /** How the disturbed run ended, with the problem's code. */
  readonly outcome: string;
  readonly violations: readonly Violation[];
  /** Rules that the end itself breaks: no end, no explanation, or not settled afterwards. */
  readonly defects: readonly string[];
  /** Undisturbed rotations until nothing was left to do. */
  readonly rotationsToSettle: number;
}

/** Of a scenario that could not be run to its end: a defect like another, after which the others go on. */
export function brokenOff(error: unknown): Report {
  const what = error instanceof Error ? error.message : String(error);
  return { outcome: 'broken off', violations: [], defects: [what], rotationsToSettle: 0 };
}
