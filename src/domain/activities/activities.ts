/**
 * What orchestrations ask activities to do and what they get back. Everything here becomes part of a durable
 * history: references, ids and redacted plans only.
 */

import type { Notification } from '../events/notifications.js';
import type { CallFailure } from '../problems/callResult.js';
import type { Instruction } from '../runs/runControl.js';
import type { CheckActivities } from './checkActivities.js';
import type { PreflightActivities } from './preflightActivities.js';
import type { RotationActivities } from './rotationActivities.js';
import type { RuntimeActivities } from './runtimeActivities.js';
import type { SweepActivities } from './sweepActivities.js';

/** Every activity by its name, with what it is given and what it answers. */
export interface Activities
  extends RuntimeActivities,
    CheckActivities,
    RotationActivities,
    SweepActivities,
    PreflightActivities {
  /** Sends one event to the configured topic. */
  readonly publishEvent: {
    readonly input: { readonly event: Notification /** ISO 8601. */; readonly at: string };
    readonly output: { readonly kind: 'published' } | { readonly kind: 'noTopic' } | CallFailure;
  };
  /** Sends events that could not be sent before, oldest first. */
  readonly sendKept: {
    /** Milliseconds since the epoch. */
    readonly input: { readonly now: number };
    readonly output:
      | {
          readonly kind: 'sent';
          /** Ids of those that need not wait any more: they were sent, or are given up. */
          readonly done: readonly string[];
          readonly left: number;
          /** When the oldest of those that are left happened. ISO 8601. */
          readonly oldest?: string;
        }
      | CallFailure;
  };
  /** Whether the app itself signed what runs were told, in the order in which it is given. */
  readonly verifyInstructions: {
    readonly input: {
      readonly told: readonly { readonly runId: string; readonly instruction: Instruction }[];
    };
    readonly output: { readonly kind: 'verified'; readonly genuine: readonly boolean[] };
  };
}

export type ActivityName = keyof Activities;
