/** What refuses a write whatever the caller's role: a lock, a policy, a disabled subscription. */

import { z } from 'zod';
import { caseless, sameId } from '../../../src/domain/values/sameId.js';
import type { Kernel, ServiceResponse } from '../../kernel/types.js';
import { refusal } from './answers.js';

const DENIAL = z.object({
  kind: z.enum(['lock', 'policy', 'disabledSubscription']),
  /** Resource id of what is denied, with everything below it. */
  scope: z.string(),
});
export type Denial = z.infer<typeof DENIAL>;

export interface Denials {
  /** Puts a denial on a scope, or takes it away. */
  set(denial: Denial, on: boolean): void;
  /** The refusal of a write to a resource, where something denies it. */
  refuses(resourceId: string): ServiceResponse | undefined;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createDenials(kernel: Kernel): Denials {
  let denials: Denial[] = [];
  return {
    set(denial, on) {
      denials = denials.filter((one) => !(one.kind === denial.kind && sameId(one.scope, denial.scope)));
      if (on) denials.push(denial);
      kernel.changed();
    },
    refuses(resourceId) {
      const denial = denials.find(({ scope }) => isWithin(resourceId, scope));
      return denial === undefined ? undefined : answer(denial, resourceId);
    },
    snapshot: () => structuredClone(denials),
    restore(state) {
      denials = z.array(DENIAL).parse(state ?? []);
    },
  };
}

function answer({ kind, scope }: Denial, resourceId: string): ServiceResponse {
  switch (kind) {
    case 'lock':
      return refusal(
        409,
        'ScopeLocked',
        `The scope '${resourceId}' cannot perform write operation because following scope(s) are locked: '${scope}'. Please remove the lock and try again.`,
      );
    case 'policy':
      return refusal(
        403,
        'RequestDisallowedByPolicy',
        `Resource '${resourceId.split('/').at(-1)}' was disallowed by policy.`,
      );
    case 'disabledSubscription':
      return refusal(
        409,
        'ReadOnlyDisabledSubscription',
        'The subscription is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.',
      );
  }
}

function isWithin(resourceId: string, scope: string): boolean {
  return sameId(resourceId, scope) || caseless(resourceId).startsWith(`${caseless(scope)}/`);
}
