/**
 * A runtime as one read or list shows it. A kind of runtime makes it; whatever the rules of the app need to know of it stands
 * here by names of the app's own, and the rest is the kind's alone.
 */

import type { Problem } from '../problems/problem.js';
import type { Conflict } from '../runs/plan.js';
import type { RuntimeWords } from '../values/runtimeWords.js';
import type { AirflowSettings } from './airflowSettings.js';
import type { SuppliedCredential } from './suppliedCredential.js';

/**
 * The phases of a runtime's life that decide what a run does next. `stalled`: nothing says that it will go on by itself;
 * a restart may pass through such a state, so that only one that lasts is an end.
 */
export type RuntimePhase = 'ready' | 'waiting' | 'stalled' | 'failed' | 'deleting';

/** A value that a read leaves out and that a write has to send again. */
export interface NeededValue {
  /** Where the profile names it. */
  readonly name: 'webServerPassword' | 'gitCredential';
  /** Why nothing is written where the profile does not. */
  readonly conflict: Conflict;
}

/** An Airflow. It holds other people's secrets: it never leaves the activity that read it. */
export interface Snapshot extends SuppliedCredential {
  readonly kind: 'airflow';
  readonly words: RuntimeWords;
  readonly settings: AirflowSettings;
  /** The service's own word; empty where it gives none. */
  readonly state: string;
  readonly phase: RuntimePhase;
  /** In the phases `stalled` and `failed`: what that state means for a run, and what a person does about it. */
  readonly ended?: Problem;
  /** It is being made: nothing runs there yet that a write could interrupt. */
  readonly beingMade: boolean;
  readonly webUrl?: string;
  readonly airflowVersion?: string;
  readonly pythonVersion?: string;
  /** DAGs come from a git repository. */
  readonly dagsFromGit: boolean;
  /** Where else, in the service's words, this read hides something that a write would lose. */
  readonly hidden: readonly string[];
  readonly needed: readonly NeededValue[];
  /** The runtime as the service gives it, of which everything that the app does not change goes back as it was. */
  readonly raw: unknown;
  /** What tells the write whether somebody else has written since. */
  readonly guard: unknown;
}

/** What a read or a list shows under a runtime's id. Services promise little, so that all may come. */
export type RuntimeView =
  | Snapshot
  /** Something that is no Airflow; `what` it is, for people. */
  | { readonly kind: 'other'; readonly what: string }
  | {
      readonly kind: 'unreadable';
      readonly problem: Problem;
      /** It says that it is an Airflow; otherwise nobody knows. */
      readonly saysAirflow: boolean;
    };
