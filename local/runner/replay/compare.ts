/**
 * What the durable extension does not look at as it replays: what a decision asks for. A change of it breaks no instance
 * that is under way there, and all the same it gives the old history a new meaning.
 */
import { type Decision, EventType, type HistoryEvent } from '../history.js';

/** What an action asks for, beside what its event in a history has of its own. */
export interface Asked {
  /** Of an entity. */
  readonly operation?: string;
  /** Of an entity, an activity or a child; as a value. */
  readonly input?: unknown;
  /** Of a child that was given one. */
  readonly instanceId?: string;
}

/** Members that hold words for people: a release may say the same in other words. */
const WORDS = new Set(['message', 'reason', 'remedy', 'summary', 'trail', 'why', 'words']);

/** What differs between an event of a history and what the replay asks for in its place; nothing where it is the same. */
export function difference(known: HistoryEvent, decision: Decision, asked: Asked): string | undefined {
  const what = `event ${known.EventId} (${known.Name ?? known.InstanceId ?? ''})`;
  // The extension keeps what an entity was asked for, but not the input of an activity or of a child.
  const kept = known.Input !== null && known.Input !== undefined;
  switch (known.EventType) {
    case EventType.TaskScheduled: {
      if (!kept) return undefined;
      const [input] = parsed(known.Input) as unknown[];
      return differing(`the input of ${what}`, input, asked.input);
    }
    case EventType.SubOrchestrationInstanceCreated:
      if (asked.instanceId && asked.instanceId !== known.InstanceId)
        return `the id of ${what} was ${known.InstanceId}, now ${asked.instanceId}`;
      return kept ? differing(`the input of ${what}`, parsed(known.Input), asked.input) : undefined;
    case EventType.EventSent: {
      const request = parsed(known.Input) as { op?: string; input?: string };
      const of = `${what} to ${decision.InstanceId ?? ''}`;
      if (request.op !== asked.operation)
        return `the operation of ${of} was ${request.op}, now ${asked.operation}`;
      return differing(`the input of ${of}`, parsed(request.input), asked.input);
    }
    default:
      return undefined;
  }
}

/** What differs between two values, words for people left out; nothing where they are the same. */
export function differing(what: string, known: unknown, now: unknown): string | undefined {
  const [before, after] = [comparable(known), comparable(now)];
  return before === after ? undefined : `${what} was ${before}, now ${after}`;
}

/** JSON with sorted members, without words for people and without nothing. */
function comparable(value: unknown): string {
  return JSON.stringify(value ?? null, (key, member: unknown) => {
    if (WORDS.has(key)) return undefined;
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function parsed(text: string | null | undefined): unknown {
  return text === null || text === undefined ? null : (JSON.parse(text) as unknown);
}
