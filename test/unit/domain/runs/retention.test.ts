import { expect, it } from 'vitest';
import { isSpent, type ListedInstance } from '../../../../src/domain/runs/retention.js';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const HOUR = 3600_000;

const listed = (hoursAgo: number, more: Partial<ListedInstance>): ListedInstance => ({
  instanceId: 'sw-1-2',
  name: 'checkAccess',
  runtimeStatus: 'Completed',
  lastUpdatedTime: new Date(NOW - hoursAgo * HOUR),
  input: {},
  output: {},
  ...more,
});

const run = (hoursAgo: number, kind: string, output: object = { outcome: 'accessProven', changed: false }) =>
  listed(hoursAgo, { instanceId: 'sw-1', name: 'runtimeRun', input: { startedBy: { kind } }, output });

it('needs a part no longer than a message may come twice, whatever it found', () => {
  expect(isSpent(listed(23, {}), NOW)).toBe(false);
  expect(isSpent(listed(25, {}), NOW)).toBe(true);
  expect(isSpent(listed(25, { name: 'moveGroup', output: { failed: 3 } }), NOW)).toBe(true);
});

it.each(['run', 'event', 'schedule'])('needs a %s in which nothing happened for three days', (kind) => {
  expect(isSpent(run(71, kind), NOW)).toBe(false);
  expect(isSpent(run(73, kind), NOW)).toBe(true);
  expect(isSpent(run(73, kind, { outcome: 'alreadyEnabled', changed: false }), NOW)).toBe(true);
});

it('keeps what somebody asked for', () => {
  expect(isSpent(run(73, 'request'), NOW)).toBe(false);
});

it.each([
  ['changed something', { outcome: 'enabled', changed: true }],
  ['left a runtime to itself', { outcome: 'irrelevant', changed: false }],
  ['did not prove access', { outcome: 'checkFailed', changed: false }],
  ['proved it after a change', { outcome: 'accessProven', changed: true }],
  ['tells nothing', {}],
])('keeps a run that %s', (_, output) => {
  expect(isSpent(run(1000, 'event', output), NOW)).toBe(false);
});

it('keeps what goes on, what the host ended, entities, and runs on more than a runtime', () => {
  for (const runtimeStatus of ['Running', 'Pending', 'Suspended', 'Failed', 'Terminated'])
    expect(isSpent(listed(1000, { runtimeStatus }), NOW)).toBe(false);
  expect(isSpent(listed(1000, { instanceId: '@run@sw-1', name: '@run@sw-1' }), NOW)).toBe(false);
  for (const name of ['rotateCredential', 'profileRun', 'sweep', 'preflight'])
    expect(isSpent({ ...run(1000, 'schedule'), name }, NOW)).toBe(false);
});
