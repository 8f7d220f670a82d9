import { describe, expect, it } from 'vitest';
import { type Notification, notificationId } from '../../../../src/domain/events/notifications.js';
import {
  type AppRecord,
  type AppRecordOperation,
  applyToAppRecord,
  EMPTY_APP_RECORD,
  isKnown,
} from '../../../../src/domain/records/appRecord.js';

const event = (runId: string): Notification => ({
  type: 'Airlock.RunFailed.v1',
  subject: 'sweep',
  data: {
    runId,
    target: 'everything',
    outcome: 'interrupted',
    problem: { code: 'hostEnded', message: 'm', remedy: 'r' },
  },
});
const at = (second: number) => new Date(second * 1000).toISOString();
const stateAfter = (
  operations: readonly AppRecordOperation[],
  record: AppRecord = EMPTY_APP_RECORD,
): AppRecord => operations.reduce((state, operation) => applyToAppRecord(state, operation).record, record);
const keep = (n: number): AppRecordOperation => ({ kind: 'keep', event: event(`r${n}`), at: at(n) });
const strike = (n: number): AppRecordOperation => ({
  kind: 'strike',
  ids: [notificationId(event(`r${n}`))],
  at: at(n),
});
const runs = ({ kept }: AppRecord) => kept.map((one) => one.event.data.runId);

describe('what the app remembers of itself', () => {
  it('holds events, the oldest first, each once', () => {
    expect(runs(stateAfter([keep(2), keep(1), keep(2), keep(3)]))).toEqual(['r1', 'r2', 'r3']);
  });

  it('lets nothing come back that was struck off', () => {
    const record = stateAfter([keep(1), strike(1), keep(1), strike(1)]);

    expect(record.kept).toEqual([]);
    expect(isKnown(record, notificationId(event('r1')))).toBe(true);
  });

  it('gives up the oldest where too many wait, and stays small', () => {
    const record = stateAfter(Array.from({ length: 1_500 }, (_, n) => keep(n)));

    expect(record.kept).toHaveLength(200);
    expect(runs(record)[0]).toBe('r1300');
    expect(record.struck).toHaveLength(1_000);
    expect(runs(stateAfter([keep(1_299)], record))[0]).toBe('r1300');
  });

  it('knows the newest version', () => {
    const note = (version: string): AppRecordOperation => ({ kind: 'rememberVersion', version, at: at(1) });

    expect(stateAfter([note('1.0'), note('1.10'), note('1.9')]).version).toBe('1.10');
  });
});
