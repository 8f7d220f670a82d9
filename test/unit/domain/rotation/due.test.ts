import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryOf, livesLongEnough, rotationStatus } from '../../../../src/domain/rotation/due.js';
import {
  DAY,
  HOUR,
  inventoryOf,
  iso,
  key,
  NOW,
  OVERLAP,
  ROTATE_BEFORE,
  SECOND,
  SETTINGS,
} from './inventories.js';

/** A fence and an hour. */
const LAG = 65 * 60_000;
const MOVE_SECONDS = 4 * 3600;
const NORMAL = MOVE_SECONDS * SECOND + OVERLAP;

const judge = (inventory: Parameters<typeof rotationStatus>[0]) =>
  rotationStatus(inventory, SETTINGS, NOW, MOVE_SECONDS);

describe('a credential is due', () => {
  it.each([
    { label: 'not a millisecond before its time', left: ROTATE_BEFORE + 1, kind: 'notDue' },
    {
      label: 'exactly rotateBefore before its expiry',
      left: ROTATE_BEFORE,
      kind: 'due',
      urgent: false,
      dead: false,
    },
    {
      label: 'not yet urgently while a normal move just fits',
      left: NORMAL,
      kind: 'due',
      urgent: false,
      dead: false,
    },
    {
      label: 'urgently where a normal move does not fit',
      left: NORMAL - 1,
      kind: 'due',
      urgent: true,
      dead: false,
    },
    { label: 'still alive a millisecond before its expiry', left: 1, kind: 'due', urgent: true, dead: false },
    { label: 'and dead exactly at its expiry', left: 0, kind: 'due', urgent: true, dead: true },
    { label: 'and dead after it', left: -DAY, kind: 'due', urgent: true, dead: true },
  ])('$label', ({ left, label: _, ...expected }) => {
    expect(judge(inventoryOf(NOW + left))).toMatchObject(expected);
  });

  it('and says when it will be', () => {
    expect(judge(inventoryOf(NOW + ROTATE_BEFORE + HOUR))).toEqual({
      kind: 'notDue',
      dueAt: iso(NOW + HOUR),
    });
  });

  it('never where nobody gave it an expiry', () => {
    expect(judge(inventoryOf(undefined, { tagged: false }))).toEqual({ kind: 'notDue', dueAt: undefined });
  });

  it('at once where Entra refuses it', () => {
    const inventory = inventoryOf(NOW + 100 * DAY, {
      keys: [key('key-2', NOW + 100 * DAY)],
      accepted: false,
    });

    expect(judge(inventory)).toMatchObject({ kind: 'due', urgent: true, dead: true });
  });

  it.each([
    {
      label: 'not yet where it was written a moment ago: the directory shows a key late',
      since: NOW - 1,
      kind: 'notDue',
    },
    { label: 'not a millisecond before the directory shows every key', since: NOW - LAG + 1, kind: 'notDue' },
    { label: 'from then on', since: NOW - LAG, kind: 'due' },
  ])('where Entra refuses it, $label', ({ since, kind }) => {
    const { current, ...rest } = inventoryOf(NOW + 100 * DAY, { accepted: false });

    expect(judge({ current: { ...current, since }, ...rest })).toMatchObject({ kind });
  });

  it('from one moment on, and never less than before', () => {
    const rank = (now: number) => {
      const judged = rotationStatus(inventoryOf(NOW), SETTINGS, now, MOVE_SECONDS);
      return judged.kind === 'notDue' ? 0 : 1 + Number(judged.urgent) + Number(judged.dead);
    };
    const moment = fc.integer({ min: NOW - 40 * DAY, max: NOW + DAY });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        expect(rank(Math.max(one, other))).toBeGreaterThanOrEqual(rank(Math.min(one, other)));
      }),
    );
  });
});

describe('the expiry of a credential', () => {
  const [soon, later] = [NOW + DAY, NOW + 2 * DAY];
  it.each([
    { label: "the vault's word", inventory: inventoryOf(soon), expiry: soon },
    {
      label: "Entra's, where it is earlier",
      inventory: inventoryOf(later, { keys: [key('key-1', soon)] }),
      expiry: soon,
    },
    {
      label: "the vault's, where it is earlier",
      inventory: inventoryOf(soon, { keys: [key('key-1', later)] }),
      expiry: soon,
    },
    {
      label: "Entra's, where the vault has none",
      inventory: inventoryOf(undefined, { keys: [key('KEY-1', soon)] }),
      expiry: soon,
    },
    {
      label: 'not that of another key',
      inventory: inventoryOf(later, { keys: [key('key-2', soon), key('key-1', later)] }),
      expiry: later,
    },
    {
      label: "the vault's, where nobody said which key it is",
      inventory: inventoryOf(soon, { tagged: false, keys: [] }),
      expiry: soon,
    },
    { label: 'unknown, where neither knows', inventory: inventoryOf(undefined), expiry: undefined },
    {
      label: "the vault's, where the directory lacks it: it shows keys late",
      inventory: inventoryOf(soon, { keys: [] }),
      expiry: soon,
    },
    {
      label: "the vault's, where the directory lacks it and Entra accepts it",
      inventory: inventoryOf(soon, { keys: [], accepted: true }),
      expiry: soon,
    },
    {
      label: 'gone, where Entra refuses it',
      inventory: inventoryOf(soon, { keys: [], accepted: false }),
      expiry: 'gone',
    },
    {
      label: "Entra's for the key that was found",
      inventory: inventoryOf(undefined, {
        tagged: false,
        found: { keyId: 'KEY-7', recorded: false },
        keys: [key('key-7', soon), key('key-8', later)],
      }),
      expiry: soon,
    },
    {
      label: 'the earliest of those that it could be',
      inventory: inventoryOf(undefined, {
        tagged: false,
        couldBe: ['key-8', 'key-7'],
        keys: [key('key-6', NOW + 1), key('key-7', later), key('key-8', soon)],
      }),
      expiry: soon,
    },
    {
      label: 'not one that has passed, where Entra accepts it',
      inventory: inventoryOf(undefined, {
        tagged: false,
        couldBe: ['key-7', 'key-8'],
        accepted: true,
        keys: [key('key-7', NOW - DAY), key('key-8', later)],
      }),
      expiry: later,
    },
    {
      label: "Entra's, where the vault's is no date",
      inventory: {
        current: { ...inventoryOf(undefined).current, expiresOn: 'soon' },
        keys: [key('key-1', soon)],
      },
      expiry: soon,
    },
  ])('is $label', ({ inventory, expiry }) => {
    expect(expiryOf(inventory, NOW)).toBe(expiry);
  });
});

describe('a minted credential', () => {
  it.each([
    {
      label: 'is too short-lived at exactly rotateBefore and overlap',
      left: ROTATE_BEFORE + OVERLAP,
      enough: false,
    },
    { label: 'lives long enough a millisecond more', left: ROTATE_BEFORE + OVERLAP + 1, enough: true },
    { label: 'is too short-lived where it has ended', left: -1, enough: false },
  ])('$label', ({ left, enough }) => {
    expect(livesLongEnough(iso(NOW + left), SETTINGS, NOW)).toBe(enough);
  });

  it('does not live long enough where nobody can read its end', () => {
    expect(livesLongEnough('', SETTINGS, NOW)).toBe(false);
  });

  it('that lives long enough is not due before its overlap has ended', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * DAY }), (left) => {
        fc.pre(livesLongEnough(iso(NOW + left), SETTINGS, NOW));
        expect(rotationStatus(inventoryOf(NOW + left), SETTINGS, NOW + OVERLAP, MOVE_SECONDS).kind).toBe(
          'notDue',
        );
      }),
    );
  });
});
