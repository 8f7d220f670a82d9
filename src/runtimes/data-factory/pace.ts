import type { Pace } from '../../domain/values/runtimeBatch.js';

/**
 * Resource Manager lets a principal write 200 times at once and 10 times a second after that, and read 250 times and 25
 * times a second, in each subscription
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling). A runtime costs
 * one write and about two reads: so many may start at once, a few reads left for others, so many a second after that.
 */
export const PACE: Pace = { atOnce: 120, perSecond: 10 };
