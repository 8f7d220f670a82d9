import { describe, expect, it } from 'vitest';
import type { ProblemCode } from '../../../../src/domain/problems/catalogue.js';
import {
  credentialRecordKey,
  isInPhase,
  isRetiring,
  mayRemove,
} from '../../../../src/domain/rotation/credentialState.js';
import { DAY, HOUR, iso, version } from '../rotation/inventories.js';
import { advance, begin, debt, finish, HOLD, play, renew, retire } from '../rotation/records.js';
import { PROFILE } from '../settings/bodies.js';

const BUSY = { kind: 'ended', end: { outcome: 'busy', otherRunId: 'a' } };
const PIN = { use: version('key-1'), insteadOf: 'key-2', secretVersion: 'version-of-key-2' };

describe('the claim on a credential', () => {
  it('lets one rotation begin and tells the next who works', () => {
    const { answers, record } = play(begin('a'), begin('b', 1));

    expect(answers).toMatchObject([{ kind: 'begun' }, BUSY]);
    expect(record.rotation?.runId).toBe('a');
    expect(isInPhase(record, 'a', 'preparing')).toBe(true);
    expect(isInPhase(record, 'a', 'moving')).toBe(false);
    expect(isInPhase(record, 'b', 'preparing')).toBe(false);
    expect(isInPhase(undefined, 'a', 'preparing')).toBe(false);
  });

  it.each([
    {
      label: 'is kept until the last millisecond',
      at: HOLD - 1,
      answer: BUSY,
      owner: 'a',
    },
    { label: 'goes to the next one exactly at its end', at: HOLD, answer: { kind: 'begun' }, owner: 'b' },
  ])('$label', ({ at, answer, owner }) => {
    const { answers, record } = play(begin('a'), begin('b', at));

    expect(answers[1]).toMatchObject(answer);
    expect(record.rotation?.runId).toBe(owner);
  });

  it('lasts from its last renewal', () => {
    const { answers } = play(
      begin('a'),
      renew('a', HOLD - 1),
      begin('b', 2 * HOLD - 2),
      begin('c', 2 * HOLD - 1),
    );

    expect(answers.map(({ kind }) => kind)).toEqual(['begun', 'claim', 'ended', 'begun']);
  });

  it('is not given back to one that was silent for too long', () => {
    const { answers, record } = play(
      begin('a'),
      advance('a', 'moving'),
      begin('b', HOLD),
      renew('a', HOLD + 1),
      advance('a', 'committed'),
      retire('a', 'key-1'),
    );

    expect(answers.slice(3)).toEqual([1, 2, 3].map(() => ({ kind: 'claim', held: false })));
    expect(record.rotation).toMatchObject({ runId: 'b', phase: 'preparing', until: 2 * HOLD });
    expect(record.retiring).toEqual([]);
  });

  it('stays with the one that took over when the other ends after all', () => {
    const { record } = play(begin('a'), begin('b', HOLD), finish('a', HOLD + 1));

    expect(record.rotation?.runId).toBe('b');
  });

  it('is let go of at the end, and its run is known again', () => {
    const { answers, record } = play(begin('a'), finish('a', 1), begin('a', 2), begin('b', 3));

    expect(answers.map(({ kind }) => kind)).toEqual(['begun', 'finished', 'ended', 'begun']);
    expect(record.rotation?.runId).toBe('b');
  });

  it('knows the last two hundred runs', () => {
    const many = Array.from({ length: 201 }, (_, n) => [begin(`r${n}`, n), finish(`r${n}`, n)]).flat();
    const { answers } = play(...many, begin('r1', 300), begin('r0', 300));

    expect(answers.slice(-2).map(({ kind }) => kind)).toEqual(['ended', 'begun']);
  });
});

describe('how far a rotation is', () => {
  it('keeps what it comes from and goes to', () => {
    const [from, to] = [version('key-1'), version('key-2')];
    const { record } = play(begin('a'), advance('a', 'moving', { from, to }), advance('a', 'committed'));

    expect(record.rotation).toMatchObject({ runId: 'a', phase: 'committed', from, to });
  });

  it('stays where it is when its run begins again', () => {
    const to = version('key-2');
    const { answers, record } = play(begin('a'), advance('a', 'moving', { to }), begin('a', 5));

    expect(answers[2]).toMatchObject({ kind: 'begun' });
    expect(record.rotation).toMatchObject({ phase: 'moving', to, until: 5 + HOLD });
  });
});

describe('a run that begins again', () => {
  it('is told what it was to remove, which is no debt yet', () => {
    const { answers, record } = play(
      begin('a'),
      advance('a', 'committed', { to: version('key-2'), removable: ['key-1'] }),
      begin('a', 5),
    );

    expect(answers[2]).toMatchObject({ kind: 'begun', debts: [{ kind: 'removeKey', what: 'key-1' }] });
    expect(record.debts).toEqual([]);
  });
});

describe('an operation that comes once more, later', () => {
  const [from, to] = [version('key-1'), version('key-2')];

  it.each([{ label: 'busy', before: [begin('b'), begin('a', 10), finish('b', 20)] }])(
    'begin of a run that was told $label does not get the credential',
    ({ before }) => {
      const { answers, record } = play(...before, begin('a', 23));

      expect(answers.at(-1)).toEqual(answers.find(({ kind }) => kind === 'ended'));
      expect(record.rotation).toBeUndefined();
    },
  );

  it('begin and renew take no deadline back', () => {
    const { record } = play(begin('a'), renew('a', 10 * HOUR), begin('a', 1), renew('a', 2));

    expect(record.rotation?.until).toBe(10 * HOUR + HOLD);
  });

  it.each(['committed', 'rollingBack'] as const)('advance to an earlier phase leaves %s', (phase) => {
    const { answers, record } = play(
      begin('a'),
      advance('a', 'moving', { from, to }),
      advance('a', phase),
      advance('a', 'moving', { from, to }),
    );

    expect(answers[3]).toEqual({ kind: 'claim', held: true });
    expect(record.rotation?.phase).toBe(phase);
  });

  it('advance to rollingBack after the commit: there is no way back', () => {
    const { record } = play(
      begin('a'),
      advance('a', 'moving'),
      advance('a', 'committed'),
      advance('a', 'rollingBack'),
    );

    expect(record.rotation?.phase).toBe('committed');
  });

  it('a removal is allowed of what the run has retired, while it works', () => {
    const { record } = play(begin('a'), retire('a', 'key-1'));
    const { record: ended } = play(begin('a'), retire('a', 'key-1'), finish('a', 1));

    expect(mayRemove(record, 'a', 'KEY-1')).toBe(true);
    expect(mayRemove(record, 'a', 'key-2')).toBe(false);
    expect(mayRemove(record, 'b', 'key-1')).toBe(false);
    expect(mayRemove(ended, 'a', 'key-1')).toBe(false);
  });
});

describe('what must not be written any more', () => {
  it('is known in any spelling until it is of no danger', () => {
    const retired = play(begin('a'), retire('a', 'Key-1')).record;
    const usable = play(begin('a'), retire('a', 'Key-1'), finish('a', 1, { unretire: ['KEY-1'] })).record;

    expect(isRetiring(retired, 'kEY-1')).toBe(true);
    expect(isRetiring(retired, 'key-2')).toBe(false);
    expect(isRetiring(undefined, 'key-1')).toBe(false);
    expect(isRetiring(usable, 'key-1')).toBe(false);
  });

  it('outlives the run where it could not be removed', () => {
    const { record } = play(begin('a'), retire('a', 'key-1'), finish('a', 1), begin('b', 2));

    expect(isRetiring(record, 'key-1')).toBe(true);
  });

  it('is at most fifty, the newest', () => {
    const many = Array.from({ length: 51 }, (_, n) => retire('a', `key-${n}`));
    const { record } = play(begin('a'), ...many);

    expect(record.retiring).toHaveLength(50);
    expect([isRetiring(record, 'key-0'), isRetiring(record, 'key-50')]).toEqual([false, true]);
  });
});

describe('a pin', () => {
  const failed = (runId: string, now: number) =>
    finish(runId, now, { result: 'failed', end: { outcome: 'rolledBack', code: 'pilotFailed' }, pin: PIN });
  const told = { ...PIN, code: 'pilotFailed', since: iso(1), until: iso(1 + HOUR) };

  it.each([
    { label: 'is told to the next run, with why, since when and until when', more: [] },
    {
      label: 'outlives a run that failed otherwise',
      more: [begin('b', 2), finish('b', 3, { result: 'failed' })],
    },
    {
      label: 'outlives a run that found nothing to do',
      more: [begin('b', 2), finish('b', 3, { result: 'nothing' })],
    },
    { label: 'outlives a run that only removed what was left over', more: [begin('b', 2), finish('b', 3)] },
  ])('$label', ({ more }) => {
    const { answers } = play(begin('a'), failed('a', 1), ...more, begin('last', 3 * HOUR));

    expect(answers.at(-1)).toMatchObject({ kind: 'begun', pinned: told });
  });

  it('ends with a commit', () => {
    const to = version('key-3');
    const { record } = play(
      begin('a'),
      failed('a', 1),
      begin('b', 2),
      advance('b', 'moving', { to }),
      advance('b', 'committed', { to }),
      finish('b', 3),
    );

    expect(record).not.toHaveProperty('pinned');
    expect(record.committed).toBe('key-3');
  });

  it('keeps its beginning where the same version goes back once more, for longer', () => {
    const { record } = play(begin('a'), failed('a', 1), begin('b', 2), failed('b', 3));

    expect(record.pinned).toEqual({ ...told, until: iso(3 + 2 * HOUR) });
  });

  it('is replaced by that of a correction of the same key', () => {
    const newer = { ...PIN, secretVersion: 'corrected' };
    const { record } = play(
      begin('a'),
      failed('a', 1),
      begin('b', 2),
      finish('b', 3, { result: 'failed', pin: newer }),
    );

    expect(record.pinned).toMatchObject({ ...newer, since: iso(3) });
  });
});

describe('failures in a row', () => {
  const failed = (runId: string, now: number, code: ProblemCode) =>
    finish(runId, now, { result: 'failed', end: { outcome: 'rolledBack', code }, secretVersion: 'v1' });

  it('are counted, those of one kind apart', () => {
    const of = (...codes: ProblemCode[]) =>
      play(...codes.flatMap((code, n) => [begin(`r${n}`, n), failed(`r${n}`, n, code)])).record.failures;

    expect(of('noPilot', 'noPilot')).toEqual({
      count: 2,
      lastAt: 1,
      code: 'noPilot',
      same: 2,
      secretVersion: 'v1',
    });
    expect(of('noPilot', 'noPilot', 'graphRefused')).toMatchObject({
      count: 3,
      code: 'graphRefused',
      same: 1,
    });
  });

  it('are over with one that went through, and not with one that had nothing to do', () => {
    const two = [begin('a'), failed('a', 1, 'noPilot'), begin('b', 2)];

    expect(play(...two, finish('b', 3)).record.failures).toEqual({ count: 0, lastAt: 3 });
    expect(play(...two, finish('b', 3, { result: 'nothing' })).record.failures.count).toBe(1);
  });
});

describe('runtimes that were no good as pilots', () => {
  it('are passed over for a week', () => {
    const { record, answers } = play(
      begin('a'),
      finish('a', 1, { failedPilots: ['/one', '/two'] }),
      begin('b', 2),
      finish('b', 7 * DAY + 1, { failedPilots: ['/TWO'] }),
      begin('c', 7 * DAY + 2),
    );

    expect(record.failedPilots).toEqual([{ runtime: '/TWO', at: 7 * DAY + 1 }]);
    expect(answers.at(-1)).toMatchObject({ failedPilots: record.failedPilots });
  });
});

describe('what comes while a rotation works', () => {
  it('leads to one more pass, also where the end comes once more', () => {
    const { answers } = play(
      begin('a'),
      begin('b', 1),
      finish('a', 2),
      finish('a', 3),
      begin('c', 4),
      finish('c', 5),
    );

    expect(answers.filter(({ kind }) => kind === 'finished')).toEqual([
      { kind: 'finished', again: true },
      { kind: 'finished', again: true },
      { kind: 'finished', again: false },
    ]);
  });

  it('is noted once for each, and not for who comes again by himself', () => {
    const { record } = play(begin('a'), begin('b', 1), begin('b', 2), begin('sweep', 3, { quiet: true }));

    expect(record.rotation?.pendingSignals).toBe(1);
  });
});

describe('the key of a record', () => {
  const { credential } = PROFILE;
  const shouted = {
    ...credential,
    name: 'another name',
    clientId: credential.clientId.toUpperCase(),
    secret: { vault: credential.secret.vault.toUpperCase(), name: credential.secret.name.toUpperCase() },
  };

  it('is one for two names of one secret, in any spelling', () => {
    expect(credentialRecordKey(shouted)).toBe(credentialRecordKey(credential));
    expect(credentialRecordKey(credential)).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    { label: 'tenant', other: { ...credential, tenantId: 'x' } },
    { label: 'application', other: { ...credential, clientId: 'x' } },
    { label: 'vault', other: { ...credential, secret: { ...credential.secret, vault: 'https://x' } } },
    { label: 'secret', other: { ...credential, secret: { ...credential.secret, name: 'x' } } },
  ])('is another for another $label', ({ other }) => {
    expect(credentialRecordKey(other)).not.toBe(credentialRecordKey(credential));
  });
});

describe('a rotation that another one takes over', () => {
  const removable = ['key-1', 'key-2'];

  it('leaves the keys that it was about to remove as debts', () => {
    const { record, answers } = play(
      begin('a'),
      { ...advance('a', 'committed'), removable },
      begin('b', HOLD),
    );

    expect(record.debts.map(({ kind, what, runId }) => [kind, what, runId])).toEqual([
      ['removeKey', 'key-1', 'a'],
      ['removeKey', 'key-2', 'a'],
    ]);
    expect(answers.at(-1)).toMatchObject({ kind: 'begun', debts: record.debts });
  });

  it('leaves each of them once, and an older debt keeps its date', () => {
    const { record } = play(
      begin('z'),
      finish('z', 1, { debts: [debt('KEY-1')] }),
      begin('a', 2),
      { ...advance('a', 'committed'), removable },
      begin('b', HOLD + 2),
      begin('b', HOLD + 3),
    );

    expect(record.debts.map(({ what }) => what)).toEqual(['KEY-1', 'key-2']);
  });

  it('leaves none where it had not committed', () => {
    expect(play(begin('a'), advance('a', 'moving'), begin('b', HOLD)).record.debts).toEqual([]);
  });

  it('says nothing of the credential as it ends but its debts', () => {
    const { record } = play(
      begin('a'),
      begin('b', HOLD),
      finish('a', HOLD + 1, {
        result: 'failed',
        debts: [debt('key-3')],
        sawEverything: true,
        pin: PIN,
      }),
    );

    expect(record.failures.count).toBe(0);
    expect(record).not.toHaveProperty('pinned');
    expect(record.debts.map(({ what }) => what)).toEqual(['key-3']);
  });
});
