/** What runs ask of a runtime's record, and what it answers. */

import type { ProblemCode } from '../problems/catalogue.js';
import type { Repeatable, RunEnd } from '../runs/repeatable.js';
import type { LastSettings, SeenSettings } from '../settings/shownSettings.js';
import type { RecordedProof } from './runtimeRecord.js';

export type RecordOperation = Repeatable<
  | {
      readonly kind: 'begin';
      readonly runId: string;
      readonly pass: number;
      readonly now: number;
      readonly claimMs: number;
      /** Where another run works on the runtime, it leaves no signal for that one. */
      readonly quiet?: true;
      /** A person asks for the runtime to be enabled: where another run works on it, its next pass does that. */
      readonly asked?: true;
      /** Where another run works on the runtime, this one asks again later: it is not told no for good. */
      readonly asksAgain?: true;
      /** The durable host ended this run: its claim counts no more. */
      readonly inPlaceOf?: string;
    }
  | {
      readonly kind: 'acquireLease';
      readonly runId: string;
      readonly pass: number;
      readonly now: number;
      readonly leaseMs: number;
      /** Settings are to be written: what the processes have is not known until they have answered a check. */
      readonly changes: boolean;
    }
  | {
      readonly kind: 'renew';
      readonly runId: string;
      readonly pass: number;
      readonly now: number;
      readonly claimMs: number;
      /** Absent: the run holds no lease and wants none. */
      readonly leaseMs?: number;
    }
  | {
      readonly kind: 'finish';
      readonly runId: string;
      readonly pass: number;
      readonly now: number;
      readonly claimMs: number;
      readonly end: RunEnd;
      readonly proof?: RecordedProof;
      /** Processes that have this credential have answered a check. */
      readonly carried?: string;
      /** The check failed: code of its problem. Not where the runtime could not be asked. */
      readonly revoked?: ProblemCode;
      /** What the pass's read has shown. */
      readonly seen?: SeenSettings;
      /** What the pass has written, or whether a read shows what an earlier one wrote. */
      readonly settings?: LastSettings;
      /** The app looks after it from now on. */
      readonly lookedAfter?: true;
      /** Whether something is left to do; absent: the run does not tell. */
      readonly failed?: boolean;
      /** The runtime is gone: what was proven there means nothing for one of the same name. */
      readonly forgetProof?: boolean;
      /** Do not look once more even where a signal came (the run was cancelled). */
      readonly last?: boolean;
    }
>;

export type RecordAnswer =
  /** The run works on the runtime, with this pass. */
  | { readonly kind: 'begun'; readonly pass: number; readonly proof?: RecordedProof }
  /** Another run works on the runtime: ask again. */
  | { readonly kind: 'busy'; readonly runId: string }
  /** The run has ended, or was told no for good: now, or when it asked before. */
  | { readonly kind: 'ended'; readonly end: RunEnd }
  /** Not held: the run, or this pass of it, does not work on the runtime any more. */
  | { readonly kind: 'lease'; readonly held: boolean }
  | { readonly kind: 'renewed'; readonly held: boolean }
  /** `again`: a signal came meanwhile, the run has to look once more and still has its claim. */
  | { readonly kind: 'finished'; readonly again: boolean };

/** One kind of operation. */
export type Operation<K extends RecordOperation['kind']> = Extract<RecordOperation, { kind: K }>;
