/** Rotations that take another course than the usual one, and what may happen in it, each as a case. */
import { RUNTIMES } from './config.js';
import type { Disturbance, SecretWrite } from './disturbances.js';
import { type FaultCase, faultCase } from './faultCases.js';
import { at, DAY, HOUR, MINUTE, ONCE_EACH, outage } from './moments.js';

type What = Disturbance['what'];

const [FIRST, , LAST] = RUNTIMES;

/** Somebody else writes the next version, and the app brings it to the runtimes. */
export function externalCases(): FaultCase[] {
  const variant = 'external';
  const writes = (how: SecretWrite): What => ({ kind: 'secretWritten', how });
  const fails: What = { kind: 'checkFails', runtime: FIRST };
  const works: What = { kind: 'checkWorks', runtime: FIRST };
  const call = 'external';
  return [
    faultCase(call, 'undisturbed', [], { variant, restarts: ONCE_EACH }),
    faultCase(call, "the first one's check fails for hours", [at(0, fails), at(2 * HOUR, works)], {
      variant,
    }),
    faultCase(call, 'Entra away for two hours', outage('entra', 0, 2 * HOUR), { variant }),
    faultCase(call, 'a wrong value, then the right one', [at(2 * HOUR, writes('corrected'))], {
      variant,
      writes: 'wrong',
    }),
    faultCase(call, 'a wrong value, then another version', [at(2 * HOUR, writes('tagged'))], {
      variant,
      writes: 'wrong',
    }),
    faultCase(call, 'two versions within minutes', [at(5 * MINUTE, writes('tagged'))], { variant }),
    faultCase(call, 'a version without tag and expiry', [], {
      variant,
      writes: 'bare',
      days: 2,
      expectedEvents: ['Airlock.CredentialExpiring'],
    }),
  ];
}

/** A straggler is tried again by a sweep, and that is undone: the others keep what they have. */
export function stragglerCases(): FaultCase[] {
  // The sweep of the next morning comes in between.
  const retry = 3 * HOUR;
  const end = retry + DAY;
  const straggling: Disturbance[] = [at(0, { kind: 'checkFails', runtime: LAST })];
  const works = (seconds: number) => at(seconds, { kind: 'checkWorks', runtime: LAST });
  const more = { restarts: { ...ONCE_EACH, [LAST]: 10 }, days: 3 };
  const call = "straggler's retry";
  return [
    faultCase(call, 'goes through', [...straggling, works(retry)], more),
    faultCase(
      call,
      'Entra away for a day',
      [...straggling, works(retry), ...outage('entra', retry, DAY)],
      more,
    ),
    faultCase(call, 'a check that fails once more', [...straggling, works(end)], more),
  ];
}

/** By the calendar, past the end of the credential that is in use at first: nothing may run with that then. */
export function calendarCases(): FaultCase[] {
  const whole = { variant: 'calendar', startedBy: 'due', days: 33 } as const;
  const broken = (runtime: string) => at(0, { kind: 'checkFails', runtime });
  const call = 'by the calendar';
  return [
    faultCase(call, 'undisturbed', [], { ...whole, days: 4, restarts: ONCE_EACH }),
    ...RUNTIMES.slice(0, 2).map((runtime) =>
      faultCase(call, `the check of ${runtime} broken throughout`, [broken(runtime)], {
        ...whole,
        restarts: Object.fromEntries(RUNTIMES.filter((one) => one !== runtime).map((one) => [one, 3])),
      }),
    ),
    faultCase(call, 'Graph away for 29 days', outage('graph', DAY, 29 * DAY), {
      ...whole,
      expectedEvents: ['Airlock.CredentialExpiring'],
    }),
    // For less than the week for which an event that cannot be sent is kept (GIVEN_UP_MS in src/activities/sendKept.ts).
    faultCase(call, 'Event Grid away', outage('eventGrid', 0, 6 * DAY), {
      ...whole,
      days: 12,
      expectedEvents: ['Airlock.RotationCompleted'],
    }),
  ];
}
