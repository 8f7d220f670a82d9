import { beforeEach, expect, it } from 'vitest';
import { Checks, OLDEST_DEBT_DAYS } from '../../faults/year/checks.js';
import { Debts } from '../../faults/year/debts.js';
import type { Instance } from '../../faults/year/instances.js';

const DAY = 24 * 3600_000;
const OWED_SINCE = Date.parse('2026-12-01T06:00:00Z');
const KEPT_BY_CHECK = 'The check of adf-airlock/etl-001 does not pass.';
const KEPT_BY_DIRECTORY = 'Microsoft Graph still lists the key.';

let checks: Checks;
let debts: Debts;
beforeEach(() => {
  checks = new Checks(() => {});
  debts = new Debts(checks);
});

/** A sweep of so many days after the debt began says why it is owed. */
function sweep(day: number, reason: string): void {
  const owed = { kind: 'removeKey', what: 'key-1', since: new Date(OWED_SINCE).toISOString(), reason };
  debts.take({
    lastUpdatedTime: new Date(OWED_SINCE + day * DAY).toISOString(),
    output: { credentials: [{ credential: 'airflow-sp', debts: [owed] }] },
  } as Instance);
}

it('finds a debt that is too old, once', () => {
  sweep(OLDEST_DEBT_DAYS, KEPT_BY_DIRECTORY);
  expect(checks.violations).toEqual([]);
  sweep(OLDEST_DEBT_DAYS + 1, KEPT_BY_DIRECTORY);
  sweep(OLDEST_DEBT_DAYS + 2, KEPT_BY_DIRECTORY);
  expect(checks.violations).toEqual([expect.stringContaining('airflow-sp removeKey key-1')]);
});

it('counts from the repair of the runtime that kept it, also where something else keeps it by then', () => {
  debts.broken('etl-001');
  sweep(30, KEPT_BY_CHECK);
  debts.broken('etl-001', OWED_SINCE + 31 * DAY);
  sweep(32, KEPT_BY_DIRECTORY);
  sweep(31 + OLDEST_DEBT_DAYS, KEPT_BY_DIRECTORY);
  expect(checks.violations).toEqual([]);
  sweep(32 + OLDEST_DEBT_DAYS, KEPT_BY_DIRECTORY);
  expect(checks.violations).toHaveLength(1);
});

it('excuses no debt for a runtime that never kept it', () => {
  debts.broken('etl-001');
  sweep(OLDEST_DEBT_DAYS + 1, KEPT_BY_DIRECTORY);
  sweep(OLDEST_DEBT_DAYS + 2, 'The check of adf-airlock/etl-001x does not pass.');
  expect(checks.violations).toHaveLength(1);
});
