/** Waits for people: told to look they look at once, and else seldom; what counts is what the run was told, never who woke them. */
import { describe, expect, it } from 'vitest';
import { controlOf, type RunControl } from '../../../src/domain/runs/runControl.js';
import { CREDENTIAL_CLAIM_MS } from '../../../src/domain/values/timing.js';
import {
  awaitGate,
  awaitOverlap,
  type GateInput,
  type GateResult,
  type OverlapInput,
  type OverlapResult,
} from '../../../src/orchestrations/rotation/waits.js';
import { type Answers, replay } from '../doubles/replay.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const OPENED = new Date(NOW).toISOString();

/** What is said to the run: when it can be read, and what. */
interface Said {
  readonly at: number;
  readonly kind: string;
  readonly input: object;
}
const BY_THE_APP = { principal: 'ada', operation: 'any', invocationId: 'i-1', signature: 'genuine' };
const approval = (at: number): Said => ({
  at,
  kind: 'decide',
  input: { ...BY_THE_APP, gate: 'pilot', openedAt: OPENED, decision: 'approve', at: OPENED },
});
const cancellation = (at: number): Said => ({ at, kind: 'cancel', input: { ...BY_THE_APP, at: OPENED } });
const overlapUntil = (at: number, until: number): Said => ({
  at,
  kind: 'setOverlap',
  input: { ...BY_THE_APP, openedAt: OPENED, until: new Date(until).toISOString(), at: OPENED },
});

interface World {
  readonly said?: readonly Said[];
  /** When somebody raises the event, in order. */
  readonly events?: readonly number[];
  /** Whether this try of an activity finds no worker, counted from 1. */
  readonly noWorker?: (turn: number) => boolean;
  readonly lostAt?: number;
}

/** Who answers a wait, and what was noted of it: when it looked, and when it renewed its claim. */
function worldOf({ said = [], events = [], noWorker = () => false, lostAt }: World) {
  const looks: number[] = [];
  const renewals: number[] = [];
  let verifications = 0;
  const answers: Answers = {
    activity: async (_, input) => {
      if (noWorker(++verifications)) throw new Error('worker gone');
      const { told } = input as { told: readonly { instruction: { signature: string } }[] };
      return { genuine: told.map(({ instruction }) => instruction.signature === 'genuine') };
    },
    entity: async (name, _key, operation, _input, now) => {
      if (name === 'run') {
        looks.push(now);
        const control = said
          .filter(({ at }) => at <= now)
          .reduce<RunControl | undefined>((before, one) => controlOf(before, one), undefined);
        return control ?? {};
      }
      expect(operation).toBe('renew');
      renewals.push(now);
      return { kind: 'claim', held: lostAt === undefined || now < lostAt };
    },
    // What comes while nobody waits for it is lost: the host may do that whenever a wait continues as new.
    event: (name, now) => {
      expect(name).toBe('look');
      return events.find((at) => at >= now);
    },
  };
  return { answers, looks, renewals };
}

async function gate(world: World, more: Partial<GateInput> = {}) {
  const { answers, looks, renewals } = worldOf(world);
  const input: GateInput = {
    runId: 'run-1',
    recordKey: 'reader',
    approval: { before: 'pilot', deadlineSeconds: 24 * 3600, otherwise: 'stop' } as GateInput['approval'],
    openedAt: OPENED,
    until: NOW + 24 * HOUR,
    unstoppable: false,
    ...more,
  };
  return { ...(await replay<GateResult>(awaitGate, answers, { input, now: NOW })), looks, renewals };
}

async function overlap(world: World, until: number) {
  const { answers, looks, renewals } = worldOf(world);
  const input: OverlapInput = {
    runId: 'run-1',
    recordKey: 'reader',
    openedAt: OPENED,
    until,
    judged: [],
    forged: [],
  };
  return { ...(await replay<OverlapResult>(awaitOverlap, answers, { input, now: NOW })), looks, renewals };
}

const gaps = (moments: readonly number[]) => moments.slice(1).map((at, index) => at - (moments[index] ?? 0));

describe('a wait for a person', () => {
  it('that is told to look hears what was said at once', async () => {
    const at = NOW + 5 * HOUR + 100 * SECOND;
    const decided = await gate({ said: [approval(at)], events: [at] });
    expect(decided.result).toMatchObject({ kind: 'decided', decision: { decision: 'approve' } });
    expect(decided.now - at).toBeLessThan(SECOND);

    const cancelled = await gate({ said: [cancellation(at)], events: [at] });
    expect(cancelled.result.kind).toBe('cancelled');
    expect(cancelled.now - at).toBeLessThan(SECOND);

    const changed = await overlap(
      { said: [overlapUntil(at, NOW + 6 * HOUR)], events: [at] },
      NOW + 24 * HOUR,
    );
    expect(changed.result).toMatchObject({ kind: 'changed' });
    expect(changed.now - at).toBeLessThan(SECOND);
  });

  it.each([2, 20])('looks again soon where what was said comes %i s after the word to look', async (late) => {
    const at = NOW + 7 * MINUTE;
    const { result, now } = await gate({ said: [approval(at + late * SECOND)], events: [at] });

    expect(result.kind).toBe('decided');
    expect(now - at).toBeLessThan(40 * SECOND);
  });

  it('finds what was said also where nobody told it to look', async () => {
    const at = NOW + 5 * HOUR + MINUTE;
    const decided = await gate({ said: [approval(at)] });
    expect(decided.result.kind).toBe('decided');
    expect(decided.now - at).toBeLessThanOrEqual(15 * MINUTE);

    const changed = await overlap({ said: [overlapUntil(at, NOW + 7 * HOUR)] }, NOW + 24 * HOUR);
    expect(changed.result.kind).toBe('changed');
    expect(changed.now - at).toBeLessThanOrEqual(HOUR);
  });

  it('hears before its end what was said since its last look', async () => {
    const until = NOW + 24 * HOUR;
    const longer = overlapUntil(until - MINUTE, until + HOUR);
    expect((await overlap({ said: [longer] }, until)).result.kind).toBe('changed');
    expect((await gate({ said: [approval(until - SECOND)] })).result.kind).toBe('decided');
  });

  it('ends when it should, never sooner, and hardly later', async () => {
    for (const until of [NOW + 24 * HOUR, NOW + 90 * MINUTE + 1]) {
      const ends = [await gate({}, { until }), await overlap({}, until)];
      expect(ends.map(({ result }) => result.kind)).toEqual(['expired', 'over']);
      for (const { now } of ends) {
        expect(now).toBeGreaterThanOrEqual(until);
        expect(now - until).toBeLessThan(2 * SECOND);
      }
    }
  });

  it('is not hurried by events without end: few looks, and the same end', async () => {
    const until = NOW + HOUR;
    const flood = Array.from({ length: 3600 * 10 }, (_, index) => NOW + index * 100);
    const flooded = await overlap({ events: flood }, until);

    expect(flooded.result).toMatchObject({ kind: 'over', judged: [], forged: [] });
    expect(flooded.now - until).toBeLessThan(2 * SECOND);
    // Three looks in 35 seconds.
    expect(flooded.looks.length).toBeLessThan(HOUR / (10 * SECOND));

    const at = NOW + HOUR / 2;
    const decided = await gate({ said: [approval(at)], events: flood });
    expect(decided.result.kind).toBe('decided');
    expect(decided.now - at).toBeLessThan(40 * SECOND);
  });

  it('verifies again soon what no worker could verify', async () => {
    const at = NOW + HOUR + MINUTE;
    const world = { said: [approval(at)], events: [at], noWorker: (turn: number) => turn <= 12 };
    const { result, now } = await gate(world);

    expect(result).toMatchObject({ kind: 'decided', forged: [] });
    expect(now - at).toBeLessThan(5 * MINUTE);
  });

  it('keeps the claim on the credential well within its time, however long it is', async () => {
    const until = NOW + 72 * HOUR;
    const waits = [await overlap({}, until), await gate({}, { until })];
    for (const { renewals, now } of waits) {
      expect(now).toBeGreaterThanOrEqual(until);
      expect(Math.max(...gaps([NOW, ...renewals, now]))).toBeLessThan(CREDENTIAL_CLAIM_MS / 3);
    }
  });

  it('ends where another run has the credential', async () => {
    const lostAt = NOW + 3 * HOUR;
    const waits = [await overlap({ lostAt }, NOW + 24 * HOUR), await gate({ lostAt })];
    expect(waits.map(({ result }) => result.kind)).toEqual(['lost', 'lost']);
  });

  it('looks seldom where nobody says anything', async () => {
    expect((await overlap({}, NOW + 24 * HOUR)).looks.length).toBeLessThanOrEqual(25);
    expect((await gate({})).looks.length).toBeLessThanOrEqual(97);
  });
});
