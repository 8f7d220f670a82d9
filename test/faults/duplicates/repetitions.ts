/** The ways in which a message of each kind may come twice on the durable extension. */
import type { NewFault } from '../../../local/control/kernelRoutes.js';

type Duplicate = Extract<NewFault['action'], { kind: 'duplicate' }>;

/** What is sent: its kind, and the name under which the host knows it. */
export interface Message {
  readonly kind: 'entity' | 'activity' | 'child' | 'continueAsNew' | 'episode';
  /** For example `runtimeRecord finish`, `applySettings`, `checkAccess`. */
  readonly name: string;
}

/** Still on the way when the next step begins. */
const SECONDS_LATER = 20;
/** When the message of a host that died shows again. */
const TIME_OUT_SECONDS = 300;
/** When a rotation has committed and waits its overlap out, and everything else is over. */
const HOUR_SECONDS = 3600;

/** It comes twice; or its answer goes out, what it tells of is not kept, and after so many seconds it is carried out again. */
export type How = Omit<Duplicate, 'kind'> | { readonly unkeptSeconds: number };

type Repetition = readonly [name: string, how: How];

const SOON: Repetition = ['seconds later', { mode: 'later', seconds: SECONDS_LATER }];
const LATE: readonly Repetition[] = [
  ['after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS }],
  ['an hour later', { mode: 'later', seconds: HOUR_SECONDS }],
  ['after the end', { mode: 'afterEnd', seconds: HOUR_SECONDS }],
];

export const REPETITIONS: Readonly<Record<Message['kind'], readonly Repetition[]>> = {
  entity: [
    ['directly', {}],
    ['directly, second answer', { take: 'second' }],
    SOON,
    ...LATE,
    ['answered after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS, take: 'second' }],
    ['answered, kept seconds later', { unkeptSeconds: SECONDS_LATER }],
    ['answered, kept after the time-out', { unkeptSeconds: TIME_OUT_SECONDS }],
  ],
  activity: [
    ['at once, first result', { take: 'first' }],
    ['at once, second result', { take: 'second' }],
    ...LATE,
  ],
  child: [['at once', {}], SOON, ...LATE],
  continueAsNew: [['at once', {}], SOON, ...LATE],
  episode: [['directly', {}], SOON, ...LATE],
};

/** The fault that lets each of these messages come twice in this way. */
export function twice({ kind, name }: Message, how: How): NewFault {
  const { operation, subject } = POINTS[kind](name);
  if ('unkeptSeconds' in how) {
    const match = { service: 'host', operation: 'keep-entity', subject } as const;
    // Once: what is never kept is never answered for good.
    return { match, action: { kind: 'delay', seconds: how.unkeptSeconds }, times: 1 };
  }
  return { match: { service: 'host', operation, subject }, action: { kind: 'duplicate', ...how } };
}

const POINTS: Readonly<Record<Message['kind'], (name: string) => { operation: string; subject: string }>> = {
  entity: (name) => {
    const [entity = '', operation = ''] = name.split(' ');
    return { operation: 'send-entity', subject: `${entity.toLowerCase()} ${operation} ` };
  },
  activity: (name) => ({ operation: 'send-activity', subject: `${name} ` }),
  child: (name) => ({ operation: 'send-subOrchestration', subject: `${name} ` }),
  continueAsNew: (name) => ({ operation: 'send-continueAsNew', subject: `${name} ` }),
  episode: (name) => ({ operation: 'after-dispatch', subject: ` ${name} ` }),
};
