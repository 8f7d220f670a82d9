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

type Way = readonly [name: string, how: Omit<Duplicate, 'kind'>];

const SOON: Way = ['seconds later', { mode: 'later', seconds: SECONDS_LATER }];
const LATE: readonly Way[] = [
  ['after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS }],
  ['an hour later', { mode: 'later', seconds: HOUR_SECONDS }],
  ['after the end', { mode: 'afterEnd', seconds: HOUR_SECONDS }],
];

export const WAYS: Readonly<Record<Message['kind'], readonly Way[]>> = {
  entity: [
    ['directly', {}],
    ['directly, second answer', { take: 'second' }],
    SOON,
    ...LATE,
    ['answered after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS, take: 'second' }],
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
export function twice({ kind, name }: Message, how: Omit<Duplicate, 'kind'>): NewFault {
  const { operation, subject } = POINTS[kind](name);
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
