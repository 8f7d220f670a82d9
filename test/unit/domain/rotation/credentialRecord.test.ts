import { describe, expect, it } from 'vitest';
import {
  credentialRecordKey,
  isRetiring,
  ownsCredential,
} from '../../../../src/domain/rotation/credentialRecord.js';
import { PROFILE } from '../bodies.js';
import { advance, begin, finish, HOLD, play, renew, retire } from './records.js';
import { DAY, HOUR, iso, version } from './stocks.js';

const PIN = { use: version('key-1'), insteadOf: 'key-2' };

describe('the hold on a credential', () => {
  it('lets one rotation begin and tells the next who works', () => {
    const { answers, record } = play(begin('a'), begin('b', 1));

    expect(answers).toMatchObject([{ kind: 'begun' }, { kind: 'busy', runId: 'a' }]);
    expect(ownsCredential(record, 'a')).toBe(true);
    expect(ownsCredential(record, 'b')).toBe(false);
    expect(ownsCredential(undefined, 'a')).toBe(false);
  });

  it.each([
    {
      label: 'is kept until the last millisecond',
      at: HOLD - 1,
      answer: { kind: 'busy', runId: 'a' },
      owner: 'a',
    },
    { label: 'goes to the next one exactly at its end', at: HOLD, answer: { kind: 'begun' }, owner: 'b' },
  ])('$label', ({ at, answer, owner }) => {
    const { answers, record } = play(begin('a'), begin('b', at));

    expect(answers[1]).toMatchObject(answer);
    expect(ownsCredential(record, owner)).toBe(true);
  });

  it('lasts from its last renewal', () => {
    const { answers } = play(
      begin('a'),
      renew('a', HOLD - 1),
      begin('b', 2 * HOLD - 2),
      begin('b', 2 * HOLD - 1),
    );

    expect(answers.map(({ kind }) => kind)).toEqual(['begun', 'standing', 'busy', 'begun']);
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

    expect(answers.slice(3)).toEqual([1, 2, 3].map(() => ({ kind: 'standing', held: false })));
    expect(record.rotation).toMatchObject({ runId: 'b', phase: 'preparing', until: 2 * HOLD });
    expect(record.retiring).toEqual([]);
  });

  it('stays with the one that took over when the other ends after all', () => {
    const { record } = play(begin('a'), begin('b', HOLD), finish('a', HOLD + 1));

    expect(ownsCredential(record, 'b')).toBe(true);
  });

  it('is let go of at the end, and its run is known again', () => {
    const { answers, record } = play(begin('a'), finish('a', 1), begin('a', 2), begin('b', 3));

    expect(answers.map(({ kind }) => kind)).toEqual(['begun', 'finished', 'duplicate', 'begun']);
    expect(ownsCredential(record, 'b')).toBe(true);
  });

  it('knows the last hundred runs', () => {
    const many = Array.from({ length: 101 }, (_, n) => [begin(`r${n}`, n), finish(`r${n}`, n)]).flat();
    const { answers } = play(...many, begin('r1', 200), begin('r0', 200));

    expect(answers.slice(-2).map(({ kind }) => kind)).toEqual(['duplicate', 'begun']);
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

describe('the pause after failures', () => {
  it.each([
    { label: 'one, a millisecond before its hour', failures: 1, after: HOUR - 1, begun: false },
    { label: 'one, exactly after its hour', failures: 1, after: HOUR, begun: true },
    { label: 'three, a millisecond before four hours', failures: 3, after: 4 * HOUR - 1, begun: false },
    { label: 'three, exactly after four hours', failures: 3, after: 4 * HOUR, begun: true },
    { label: 'nine, a millisecond before a day', failures: 9, after: DAY - 1, begun: false },
    { label: 'nine, exactly after a day', failures: 9, after: DAY, begun: true },
  ])('after $label', ({ failures, after, begun }) => {
    const failed = Array.from({ length: failures }, (_, n) => [
      begin(`r${n}`, 0, true),
      finish(`r${n}`, 0, { result: 'failed' }),
    ]).flat();
    const { answers, record } = play(...failed, begin('next', after));

    if (begun) expect(answers.at(-1)).toMatchObject({ kind: 'begun' });
    else expect(answers.at(-1)).toMatchObject({ kind: 'tooSoon', failures });
    expect(ownsCredential(record, 'next')).toBe(begun);
  });

  it('says from when on', () => {
    const { answers } = play(begin('a'), finish('a', DAY, { result: 'failed' }), begin('b', DAY + 1));

    expect(answers[2]).toEqual({ kind: 'tooSoon', notBefore: iso(DAY + HOUR), failures: 1 });
  });

  it.each([
    { label: 'a person asks', more: [begin('b', 2, true)] },
    {
      label: 'a rotation went through meanwhile',
      more: [begin('b', 2, true), finish('b', 3), begin('c', 4)],
    },
  ])('does not count where $label', ({ more }) => {
    const { answers } = play(begin('a'), finish('a', 1, { result: 'failed' }), ...more);

    expect(answers.at(-1)).toMatchObject({ kind: 'begun' });
  });

  it('is not ended by a run that found nothing to do', () => {
    const { answers } = play(
      begin('a'),
      finish('a', 1, { result: 'failed' }),
      begin('b', 2, true),
      finish('b', 3, { result: 'nothing' }),
      begin('c', 4),
    );

    expect(answers.at(-1)).toMatchObject({ kind: 'tooSoon', failures: 1 });
  });

  it('does not count for the run that works already', () => {
    const late = finish('a', HOLD + 1, { result: 'failed' });
    const { answers } = play(begin('a'), begin('b', HOLD), late, begin('b', HOLD + 2));

    expect(answers[3]).toMatchObject({ kind: 'begun' });
  });

  it('is not there for a run that was started just before another one went through', () => {
    const { answers } = play(begin('a', 10), finish('a', 20), begin('b', 19));

    expect(answers[2]).toMatchObject({ kind: 'begun' });
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
  it.each([
    { label: 'is told to the next run', more: [], pinned: PIN },
    {
      label: 'outlives a run that failed',
      more: [begin('b', 2), finish('b', 3, { result: 'failed' })],
      pinned: PIN,
    },
    {
      label: 'outlives a run that found nothing to do',
      more: [begin('b', 2), finish('b', 3, { result: 'nothing' })],
      pinned: PIN,
    },
    {
      label: 'ends with a rotation that goes through',
      more: [begin('b', 2), finish('b', 3)],
      pinned: undefined,
    },
  ])('$label', ({ more, pinned }) => {
    const { answers, record } = play(
      begin('a'),
      finish('a', 1, { pin: PIN }),
      ...more,
      begin('last', 3 * HOUR),
    );

    const last = answers.at(-1);
    expect(last?.kind === 'begun' && last.pinned).toEqual(pinned);
    expect(record.pinned).toEqual(pinned);
  });

  it('is replaced by a newer one', () => {
    const newer = { use: version('key-1'), insteadOf: 'key-3' };
    const { record } = play(
      begin('a'),
      finish('a', 1, { pin: PIN }),
      begin('b', 2),
      finish('b', 3, { pin: newer }),
    );

    expect(record.pinned).toEqual(newer);
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
