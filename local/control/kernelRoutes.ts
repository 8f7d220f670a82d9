/** Clock, ledger and faults. */
import { z } from 'zod';
import type { LocalKernel } from '../kernel/kernel.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

const ADVANCE = z.strictObject({ seconds: z.number().nonnegative() });
const RUN = z.strictObject({
  maxSeconds: z.number().positive().optional(),
  maxSteps: z.int().positive().optional(),
});
const LEDGER = z.strictObject({
  service: z.string().optional(),
  operation: z.string().optional(),
  caller: z.string().optional(),
  since: z.coerce.number().optional(),
});
const DUPLICATE = z
  .strictObject({
    kind: z.literal('duplicate'),
    mode: z.enum(['direct', 'later', 'afterEnd']).optional(),
    seconds: z.number().nonnegative().optional(),
    take: z.enum(['first', 'second']).optional(),
  })
  .refine(({ mode, seconds }) => mode !== 'later' || seconds !== undefined, {
    path: ['seconds'],
    message: 'The mode "later" needs how many seconds later.',
  })
  .refine(({ mode = 'direct', seconds }) => mode !== 'direct' || seconds === undefined, {
    path: ['seconds'],
    message: 'Seconds belong to the modes "later" and "afterEnd".',
  })
  .refine(({ mode, take }) => mode !== 'afterEnd' || take !== 'second', {
    path: ['take'],
    message: 'A run that waits for the second message never ends: "afterEnd" takes the first.',
  });
const FAULT = z.strictObject({
  id: z.string().min(1).optional(),
  match: z.strictObject({
    service: z.string().optional(),
    operation: z.string().optional(),
    caller: z.string().optional(),
    subject: z.string().optional(),
    path: z.string().optional(),
  }),
  action: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('status'),
      status: z.int().min(200).max(599),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.unknown().optional(),
    }),
    z.strictObject({ kind: z.literal('drop') }),
    z.strictObject({ kind: z.literal('lostResponse') }),
    z.strictObject({ kind: z.literal('otherStatus'), status: z.int().min(200).max(299) }),
    z.strictObject({ kind: z.literal('crash') }),
    z.strictObject({ kind: z.literal('workerGone') }),
    z.strictObject({ kind: z.literal('terminate') }),
    DUPLICATE,
    z.strictObject({ kind: z.literal('delay'), seconds: z.number().nonnegative() }),
  ]),
  times: z.int().positive().optional(),
  skip: z.int().nonnegative().optional(),
});

export type NewFault = z.input<typeof FAULT>;

export function kernelRoutes({ clock, ledger, faults, changed }: LocalKernel): ControlRoute[] {
  const time = () => ({ mode: clock.mode, now: new Date(clock.now()).toISOString() });
  return [
    { method: 'GET', path: '/clock', handle: time },
    {
      method: 'POST',
      path: '/clock/advance',
      async handle({ body }) {
        await clock.advance(parsed(ADVANCE, body).seconds * 1000);
        changed();
        return time();
      },
    },
    {
      method: 'POST',
      path: '/clock/run',
      async handle({ body }) {
        const { maxSeconds, maxSteps } = parsed(RUN, body);
        if (clock.mode !== 'virtual') {
          throw new ControlError(409, 'The clock follows real time; start with --clock virtual to run it.');
        }
        const result = await clock.run({
          ...(maxSeconds === undefined ? {} : { untilMs: clock.now() + maxSeconds * 1000 }),
          ...(maxSteps === undefined ? {} : { maxSteps }),
        });
        changed();
        return { ...time(), idle: result.idle, steps: result.steps };
      },
    },
    {
      method: 'GET',
      path: '/ledger',
      handle({ query }) {
        const { service, operation, caller, since } = parsed(LEDGER, query);
        return ledger.entries({
          ...(service === undefined ? {} : { service }),
          ...(operation === undefined ? {} : { operation }),
          ...(caller === undefined ? {} : { caller }),
          ...(since === undefined ? {} : { since }),
        });
      },
    },
    { method: 'GET', path: '/faults', handle: () => faults.list() },
    {
      method: 'POST',
      path: '/faults',
      handle({ body }) {
        // A field that is absent and one that is undefined are the same in JSON.
        const fault: Parameters<typeof faults.add>[0] = JSON.parse(JSON.stringify(parsed(FAULT, body)));
        const id = faults.add(fault);
        changed();
        return { id };
      },
    },
    {
      method: 'DELETE',
      path: '/faults',
      handle() {
        faults.clear();
        changed();
        return undefined;
      },
    },
    {
      method: 'DELETE',
      path: '/faults/{id}',
      handle({ params }) {
        const { id = '' } = params;
        if (!faults.list().some((fault) => fault.id === id)) {
          throw new ControlError(404, `There is no fault "${id}".`, 'id');
        }
        faults.remove(id);
        changed();
        return undefined;
      },
    },
  ];
}
