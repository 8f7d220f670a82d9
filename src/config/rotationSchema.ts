/** How a credential is rotated, as the configuration file says it. */
import * as z from 'zod';
import { STRATEGIES } from '../credentials/strategies.js';
import type { Gate } from '../domain/values/gate.js';
import { wordsOf } from './wordsOf.js';

const days = (fallback: number, max: number, meaning: string) =>
  z.int().min(1).max(max).default(fallback).describe(`${meaning} Days.`);

export const rotation = z.strictObject({
  strategy: z
    .enum(STRATEGIES.all.map(({ name }) => name))
    .default(STRATEGIES.otherwise.name)
    .describe(`${STRATEGIES.all.map(({ name, meaning }) => `\`${name}\`: ${meaning}`).join('; ')}.`),
  rotateBeforeDays: days(30, 700, 'How long before its expiry a credential is rotated.'),
  validityDays: days(180, 730, 'How long a credential lives that the app mints.'),
  overlapHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('How long the old credential stays valid after the new one is in use everywhere. Hours.'),
  failureLimitPercent: z
    .int()
    .min(0)
    .max(100)
    .default(20)
    .describe('Share of the runtimes that may fail after the pilot before all go back. Per cent.'),
  pilot: z.string().max(1024).exactOptional().describe('Resource id of the runtime that goes first.'),
  approval: z
    .strictObject({
      before: wordsOf<Gate>({ pilot: true, removal: true }).describe('The step that waits for a person.'),
      deadlineHours: z.int().min(1).max(720).default(72).describe('How long it waits. Hours.'),
      otherwise: z.enum(['proceed', 'stop']).default('stop').describe('What happens when nobody answers.'),
    })
    .exactOptional()
    .describe('A step that waits for a person; absent: none.'),
});

/** What an empty `rotation` says. */
export const ROTATION_DEFAULTS = rotation.parse({});
