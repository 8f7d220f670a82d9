import type { CallFailure } from '../problems/callResult.js';
import type { Finding } from '../sweep/findings.js';
import type { Launch, ShownFirst, SurveyedRuntime } from '../sweep/sweep.js';
import type { UnmovedRun } from '../sweep/unmovedRuns.js';
import type { RuntimeId } from '../values/runtimeId.js';

/** What the sweep asks activities to do. */
export interface SweepActivities {
  /** Names of what is configured. */
  readonly listConfigured: {
    readonly input: Record<string, never>;
    readonly output:
      | {
          readonly kind: 'listed';
          readonly profiles: readonly string[];
          readonly credentials: readonly {
            readonly name: string;
            readonly recordKey: string;
            readonly observed?: true;
          }[];
        }
      | CallFailure;
  };
  /** Lists the runtimes of a profile and judges each from the list, without a read of its own. */
  readonly surveyProfile: {
    readonly input: {
      readonly profile: string;
      /** At most so many of each kind are given. */
      readonly limits: { readonly enable: number; readonly check: number; readonly name: number };
      /** Milliseconds since the epoch. */
      readonly now: number;
    };
    readonly output:
      | {
          readonly kind: 'surveyed';
          readonly findings: Readonly<Partial<Record<Finding, number>>>;
          /** The profile only observes: nothing is to be started. */
          readonly observed?: true;
          /** Those that were there before the app are enabled, one first. */
          readonly takesTurns?: true;
          /** What is to be noted of this list: it was complete, and this was there. */
          readonly shown?: ShownFirst;
          /** Need an enablement. Those of the finding `existing` were there before the app, and it is their turn. */
          readonly enable: readonly SurveyedRuntime[];
          /** Are fine, and due for a check; the oldest proofs first. */
          readonly check: readonly RuntimeId[];
          /** The others that are not fine, those that need somebody first. */
          readonly others: readonly SurveyedRuntime[];
        }
      | CallFailure;
  };
  /** Finds runs that do not move any more. */
  readonly surveyRuns: {
    readonly input: Record<string, never>;
    readonly output: {
      readonly kind: 'surveyed';
      /** The durable host ended them, and nobody has told of them yet. */
      readonly ended: readonly UnmovedRun[];
      /** They wait for a newer version of the app. */
      readonly waiting: readonly UnmovedRun[];
      /** The version of this app, where none so new has run before. */
      readonly newVersion?: string;
    };
  };
  /** Starts runs that go on by themselves. One of an id that is there already stays. */
  readonly launchRuns: {
    readonly input: { readonly runs: readonly Launch[] };
    /** Ids of those that are started; one that could not be does not stop the others. */
    readonly output: { readonly kind: 'started'; readonly runIds: readonly string[] } | CallFailure;
  };
}
