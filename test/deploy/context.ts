/** What one row plays with: the user's cloud and machine, who is signed in to `az`, and what goes wrong. */
import type { Cloud } from './cloud/cloud.js';
import { OTHER_SUBSCRIPTION, SUBSCRIPTION, TENANT } from './cloud/names.js';
import type { Templates } from './cloud/templates.js';
import type { Package } from './cloud/upload.js';
import type { Machine } from './machine/machine.js';

/** A subscription that `az` knows. */
export interface KnownSubscription {
  readonly id: string;
  readonly tenantId: string;
}

export interface RehearsalContext {
  readonly cloud: Cloud;
  readonly machine: Machine;
  readonly templates: Templates;
  readonly signIn: SignIn;
  readonly faults: Faults;
  /** What was uploaded last. */
  uploaded: Package;
  /** What the user sees, in order. */
  readonly shown: Shown[];
}

interface Shown {
  /** Where it was: a hook or a step of the workflow, for example. */
  readonly step: string;
  readonly line: string;
}

/** Shows lines of one step. */
export function showIn({ shown }: RehearsalContext, step: string): (line: string) => void {
  return (line) => shown.push({ step, line });
}

/** `az`'s own sign-in; azd has another. */
interface SignIn {
  /** The default is the first. Empty: nobody is signed in. */
  subscriptions: readonly KnownSubscription[];
}

/** Changed by misbehaviours, looked at by those that answer. */
export interface Faults {
  /** Resource Manager gives outputs back in another case. */
  mangleOutputs: boolean;
  /** `az` warns of something else at every call. */
  warnings: boolean;
  /** The next uploads end so, one after the other; then they end as they should. */
  uploads: ('forbidden' | 'partly')[];
  /** azd ends after this, as by a kill; once. */
  killAfter: string | undefined;
}

/** Nothing goes wrong. */
export function noFaults(): Faults {
  return { mangleOutputs: false, warnings: false, uploads: [], killAfter: undefined };
}

/** The subscription of the environment, and another of the same tenant. */
export const SUBSCRIPTIONS: readonly KnownSubscription[] = [
  { id: SUBSCRIPTION, tenantId: TENANT },
  { id: OTHER_SUBSCRIPTION, tenantId: TENANT },
];
