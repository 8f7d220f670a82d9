/** What the access check asks activities to do. References and ids; the nonce is no secret. */

import type { SecretReference } from '../configuration/credential.js';
import type { CallFailure } from '../problems/callResult.js';
import type { Problem } from '../problems/problem.js';
import type { RuntimeId } from '../values/runtimeId.js';

/** Where the check runs: what the activities need to reach the runtime's Airflow. */
export interface CheckTarget {
  readonly runtime: RuntimeId;
  readonly profile: string;
  readonly webUrl: string;
  readonly dagsFromGit: boolean;
}

/** Whether a check can be triggered now. */
type CheckReadiness =
  | {
      readonly kind: 'ready';
      readonly api: 'v1' | 'v2';
      readonly airflowVersion?: string;
      /** Fresh chance for the challenge: recorded with this answer, before it is used. */
      readonly nonce: string;
    }
  /** Not yet, and what to say if it stays so until the deadline. `transient`: it may pass by itself, with a restart. */
  | { readonly kind: 'notYet'; readonly problem: Problem; readonly transient: boolean };

/** What a check run that has ended shows. */
export type JudgedRun =
  /** `words`: what it showed, for the trail. */
  | { readonly kind: 'passed'; readonly words: string; readonly weakness?: string }
  /** The old processes answered: ask again. */
  | { readonly kind: 'notYet'; readonly problem: Problem }
  | {
      readonly kind: 'failed';
      readonly problem: Problem;
      /** A worker gave an answer, which is wrong, and has the expected credential where one was named. */
      readonly answered?: true;
      /** A restart may have interrupted it: a first attempt may be repeated. */
      readonly interrupted?: true;
    };

/** What is asked of the Airflow of a runtime. */
export interface CheckActivities {
  /** How many tasks run or are queued in the runtime's Airflow. */
  readonly countTasks: {
    readonly input: CheckTarget;
    readonly output: { readonly kind: 'counted'; readonly tasks: number } | CallFailure;
  };
  /** Health, the check DAG, unpaused. */
  readonly prepareCheck: {
    readonly input: CheckTarget;
    readonly output: CheckReadiness | CallFailure;
  };
  readonly triggerCheck: {
    readonly input: CheckTarget & {
      readonly api: 'v1' | 'v2';
      readonly dagRunId: string;
      readonly nonce: string;
      readonly canary?: SecretReference;
    };
    readonly output: { readonly kind: 'triggered'; readonly canaryVersion?: string } | CallFailure;
  };
  readonly readCheck: {
    readonly input: CheckTarget & {
      readonly api: 'v1' | 'v2';
      readonly dagRunId: string;
      readonly nonce: string;
      readonly canary?: SecretReference;
      /** The canary's version when the run was triggered. */
      readonly canaryVersion?: string;
      /** The credential id that the worker must carry; absent: any. */
      readonly expectedMarker?: string;
    };
    readonly output: JudgedRun | { readonly kind: 'running'; readonly state: string } | CallFailure;
  };
}
