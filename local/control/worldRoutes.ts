/** Begins anew in the same process. */
import { z } from 'zod';
import type { ReadyLine } from '../ready.js';
import type { WorldOptions } from '../world.js';
import { given } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

const ANEW = z.strictObject({
  begin: z.iso.datetime().optional(),
  eventSchema: z.enum(['EventGridSchema', 'CloudEventSchemaV1_0']).optional(),
  runtimeStartSeconds: z.number().nonnegative().optional(),
  keepHistories: z.boolean().optional(),
  config: z.string().optional(),
  settings: z.record(z.string(), z.string()).optional(),
});

/** How another world can begin in this process: its app has the configuration and the settings of the one before, or others. */
export type NewWorld = Omit<WorldOptions, 'clock'>;

/** `beginAnew` gives the new ready line, `undefined` where no other world can begin; absent: the state is kept. */
export function worldRoutes(
  beginAnew: ((options: NewWorld) => Promise<ReadyLine | undefined>) | undefined,
): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/anew',
      async handle({ body }) {
        const options: NewWorld = given(parsed(ANEW, body));
        const ready = await beginAnew?.(options);
        if (ready !== undefined) return ready;
        throw new ControlError(
          409,
          beginAnew === undefined
            ? 'A local cloud with a state folder does not begin anew; start another one without --state.'
            : 'This process cannot begin anew once more; start another one.',
        );
      },
    },
  ];
}
