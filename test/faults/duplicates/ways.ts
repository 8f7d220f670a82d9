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
/** Long after every lease and hold of the run. */
const AFTER_END_SECONDS = 3600;

type Way = readonly [name: string, how: Omit<Duplicate, 'kind'>];

const LATER: readonly Way[] = [
  ['seconds later', { mode: 'later', seconds: SECONDS_LATER }],
  ['after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS }],
  ['after the end', { mode: 'afterEnd', seconds: AFTER_END_SECONDS }],
];

export const WAYS: Readonly<Record<Message['kind'], readonly Way[]>> = {
  entity: [
    ['directly', {}],
    ['directly, second answer', { take: 'second' }],
    ...LATER,
    ['answered after the time-out', { mode: 'later', seconds: TIME_OUT_SECONDS, take: 'second' }],
  ],
  activity: [
    ['at once, first result', { take: 'first' }],
    ['at once, second result', { take: 'second' }],
    ...LATER,
  ],
  child: [['at once', {}], ...LATER],
  continueAsNew: [['at once', {}], ...LATER],
  episode: [['directly', {}], ...LATER],
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
