/**
 * Resource Manager's token buckets, for each subscription and principal
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */
import { z } from 'zod';
import type { Clock } from '../../kernel/types.js';

export type CallKind = 'reads' | 'writes' | 'deletes';

const BUCKET = z.object({ size: z.number().positive(), perSecond: z.number().positive() });
export const LIMITS = z.object({ reads: BUCKET, writes: BUCKET, deletes: BUCKET });
export type Limits = z.infer<typeof LIMITS>;

export const AZURE_LIMITS: Limits = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};

export interface Throttle {
  /** Takes one token. `remaining` are the whole tokens left, `retryAfter` the seconds until there is one again. */
  take(
    subscription: string,
    principal: string,
    kind: CallKind,
  ): { allowed: true; remaining: number } | { allowed: false; retryAfter: number };
}

export function createThrottle(clock: Clock, limits: () => Limits): Throttle {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(subscription, principal, kind) {
      const { size, perSecond } = limits()[kind];
      const key = `${subscription}|${principal}|${kind}`.toLowerCase();
      const now = clock.now();
      const last = buckets.get(key) ?? { tokens: size, at: now };
      const tokens = Math.min(size, last.tokens + ((now - last.at) / 1000) * perSecond);
      if (tokens < 1) {
        buckets.set(key, { tokens, at: now });
        return { allowed: false, retryAfter: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
      }
      buckets.set(key, { tokens: tokens - 1, at: now });
      return { allowed: true, remaining: Math.floor(tokens - 1) };
    },
  };
}
