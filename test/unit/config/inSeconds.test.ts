import { describe, expect, it } from 'vitest';
import { inSeconds } from '../../../src/config/inSeconds.js';

describe('settings in the units of the app', () => {
  it('have their durations in seconds, and the rest as it is', () => {
    const settings = inSeconds({
      pollSeconds: 45,
      readyMinutes: 3,
      overlapHours: 2,
      validityDays: 1,
      strategy: 'external',
      pilot: 'Minutes',
    } as const);

    expect(settings).toEqual({
      pollSeconds: 45,
      readySeconds: 180,
      overlapSeconds: 7200,
      validitySeconds: 86_400,
      strategy: 'external',
      pilot: 'Minutes',
    });
  });
});
