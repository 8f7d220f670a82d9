import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../local/kernel/types.js';
import { DATA_FACTORY_APP_ID } from '../../../local/services/entra/audiences.js';
import { RUN_TAG } from '../../../src/domain/rotation/pending.js';
import { Auditor, audit } from '../../faults/audit.js';

const APP = 'app';
const RUNTIME = '/subscriptions/s/integrationRuntimes/etl';
const OPTIONS = { app: APP, secret: 'airflow-sp' };

type Step = readonly [operation: string, subject: string, detail?: Record<string, unknown>];

/** One entry a minute. */
function ledger(...steps: readonly Step[]): LedgerEntry[] {
  return steps.map(([operation, subject, detail], index) => ({
    n: index + 1,
    at: new Date(Date.UTC(2026, 10, 23, 12, index)).toISOString(),
    service: 'x',
    operation,
    subject,
    ...(detail ? { detail } : {}),
  }));
}

const key = (keyId: string, label: string | null, endDateTime = '2027-05-01T00:00:00Z'): Step => [
  'password.added',
  keyId,
  { trace: `trace-${keyId}`, displayName: label, endDateTime },
];
const remove = (keyId: string, by = APP): Step => [
  'password.removed',
  keyId,
  { trace: `trace-${keyId}`, by },
];
const write = (keyId: string, more: Record<string, unknown> = {}): Step => [
  'runtime.updated',
  RUNTIME,
  { trace: `trace-${keyId}`, foreign: 'same', unchanged: false, by: APP, ...more },
];
const up = (keyId: string): Step => ['airflow.up', RUNTIME, { trace: `trace-${keyId}` }];
const stopped: Step = ['runtime.stopped', RUNTIME];
const commit = (keyId: string, run?: string): Step => [
  'version.added',
  'https://ops/secrets/airflow-sp/v2',
  { trace: `trace-${keyId}`, by: APP, ...(run === undefined ? {} : { tags: { [RUN_TAG]: run } }) },
];
const call = (service: string, audience: string): LedgerEntry => ({
  n: 1,
  at: '2026-11-23T12:00:00Z',
  service,
  operation: 'call',
  caller: APP,
  detail: { audience },
});

const GOOD: readonly Step[] = [
  key('old', 'airflow'),
  write('old'),
  up('old'),
  key('new', 'airlock 0123abcd rq-1'),
  write('new'),
  stopped,
  up('new'),
  commit('new'),
  remove('old'),
];

describe('the audit of a ledger', () => {
  it('finds nothing in a rotation that keeps the rules', () => {
    expect(audit(ledger(...GOOD), OPTIONS)).toEqual([]);
  });

  const broken: [label: string, rule: number, steps: readonly Step[]][] = [
    ['settings of somebody else lost', 1, [...GOOD.slice(0, 4), write('new', { foreign: 'other' })]],
    ['a key removed that the settings name', 4, [...GOOD.slice(0, 3), remove('old')]],
    [
      'a key removed that the old processes still run with',
      4,
      [...GOOD.slice(0, 5), remove('old'), stopped, up('new'), commit('new')],
    ],
    ['a key removed that everybody reads', 4, [key('old', 'airflow'), commit('old'), remove('old')]],
    ['a removed key written', 4, [key('old', 'airflow'), remove('old'), write('old')]],
    ['an expired key written', 4, [key('old', 'airflow', '2026-11-23T12:00:30Z'), write('old')]],
    ['a key written that no directory holds', 4, [write('forged')]],
    [
      'a start with a key that was removed meanwhile',
      4,
      [
        key('old', 'airflow'),
        write('old'),
        ['password.removed', 'old', { trace: 'trace-old', by: 'person' }],
        up('old'),
      ],
    ],
    ['a removed key committed', 4, [key('new', 'airlock 0123abcd rq-1'), remove('new'), commit('new')]],
    [
      'a key removed that another task hub minted',
      16,
      [key('other', 'airlock 0123abcd.00000000 rq-1'), remove('other')],
    ],
    ['a minted key that nobody has', 5, [...GOOD, key('lost', 'airlock 0123abcd rq-2')]],
    [
      'a runtime of somebody else taken over',
      2,
      [
        ...GOOD.slice(0, 2),
        write('old', { reads: 'backend theirs', by: 'person' }),
        write('old', { reads: 'backend ours' }),
      ],
    ],
    [
      'one run twice',
      3,
      [
        ['orchestration.started', 'ev-1'],
        ['orchestration.started', 'ev-1'],
      ],
    ],
    ['a value in a history', 6, [['secret.leaked', 'instance ev-1', { value: 'client secret of airflow' }]]],
    [
      'a rotation that goes on after another began',
      7,
      [
        key('a', 'airlock 0123abcd rq-1'),
        key('b', 'airlock 0123abcd rq-2'),
        key('c', 'airlock 0123abcd rq-1'),
      ],
    ],
    [
      'a commit of a rotation after another began',
      7,
      [key('a', 'airlock 0123abcd rq-1'), key('b', 'airlock 0123abcd rq-2'), commit('a', 'rq-1')],
    ],
    ['a write that changes nothing', 10, [...GOOD, write('new', { unchanged: true })]],
  ];
  it.each(broken)('catches %s', (_, rule, steps) => {
    expect(audit(ledger(...steps), OPTIONS).map((violation) => violation.rule)).toContain(rule);
  });

  it('forgives a start that the host repeated, and those of its children', () => {
    const started = (id: string, parent?: string): Step => [
      'orchestration.started',
      id,
      parent === undefined ? {} : { parent },
    ];
    const repeated: Step = ['orchestration.repeated', 'child'];
    const family = [started('run'), started('child', 'run'), started('grandchild', 'child')];
    const again = [started('child', 'run'), started('grandchild', 'child')];

    expect(audit(ledger(...family, repeated, ...again), OPTIONS)).toEqual([]);
    expect(audit(ledger(...family, ...again), OPTIONS)).toMatchObject([{ rule: 3, what: 'child ran twice' }]);
    expect(audit(ledger(...family, repeated, ...again, started('child', 'run')), OPTIONS)).toMatchObject([
      { rule: 3, what: 'child ran 3 times' },
    ]);
    expect(
      audit(ledger(...family, repeated, ...again, started('grandchild', 'child')), OPTIONS),
    ).toMatchObject([{ rule: 3, what: 'grandchild ran 3 times' }]);
  });

  it('catches a token that goes where it does not belong', () => {
    const rules = (entry: LedgerEntry) => audit([entry], OPTIONS).map(({ rule }) => rule);

    expect(rules(call('airflow', 'https://management.azure.com/'))).toEqual([12]);
    expect(rules(call('airflow', DATA_FACTORY_APP_ID))).toEqual([]);
    expect(rules(call('vault', 'https://graph.microsoft.com'))).toEqual([12]);
    expect(rules(call('arm', 'https://management.azure.com/'))).toEqual([]);
    expect(
      rules({
        n: 1,
        at: '2026-11-23T12:00:00Z',
        service: 'proxy',
        operation: 'refused',
        subject: 'evil.example:443',
      }),
    ).toEqual([12]);
  });

  it('catches a call of a host that is not of Azure, and none of an Airflow that has gone', () => {
    const host = 'abc.westeurope.airflow.svc.datafactory.azure.com';
    const refused: LedgerEntry = {
      n: 9,
      at: '2026-11-23T13:00:00Z',
      service: 'proxy',
      operation: 'refused',
      subject: `${host}:443`,
    };
    expect(audit([refused], OPTIONS).map(({ rule }) => rule)).toEqual([12]);
    const before = ledger(['airflow.up', RUNTIME, { host }], ['runtime.deleted', RUNTIME]);
    expect(audit([...before, refused], OPTIONS)).toEqual([]);
  });

  it('forgives what is outstanding, and what people do', () => {
    expect(audit(ledger(...GOOD, key('lost', 'airlock 0123abcd rq-2')), OPTIONS, ['lost'])).toEqual([]);
    expect(
      audit(ledger(...GOOD, key('lost', 'airlock 0123abcd rq-2')), OPTIONS, ['airlock 0123abcd rq-2']),
    ).toEqual([]);
    const byHand: Step[] = [key('old', 'airflow'), write('old'), remove('old', 'person')];
    expect(audit(ledger(...byHand), OPTIONS)).toEqual([]);
    expect(audit(ledger(...GOOD, key('theirs', 'portal')), OPTIONS)).toEqual([]);
  });
});

describe('what comes to its end', () => {
  const soon = '2026-11-23T12:05:00Z';
  const running = ledger(key('k1', 'airflow', soon), write('k1', { by: 'somebody' }), up('k1'));
  const later = '2026-11-23T12:06:00Z';

  it('is not what processes may run with', () => {
    const auditor = new Auditor(OPTIONS);
    auditor.take(running);
    expect(auditor.violations).toEqual([]);
    auditor.lookAt(later);
    auditor.lookAt('2026-11-23T12:07:00Z');
    expect(auditor.violations).toEqual([{ rule: 4, at: later, what: 'etl runs with k1, which has expired' }]);
  });

  it('is excused where the app could do nothing, and not any more afterwards', () => {
    const auditor = new Auditor(OPTIONS);
    auditor.excuse(RUNTIME);
    auditor.take(running);
    auditor.lookAt(later);
    expect(auditor.violations).toEqual([]);
    auditor.excuse(RUNTIME, false);
    auditor.take([
      {
        n: 9,
        at: later,
        service: 'x',
        operation: 'airflow.up',
        subject: RUNTIME,
        detail: { trace: 'trace-k1' },
      },
    ]);
    expect(auditor.violations.map(({ rule }) => rule)).toEqual([4]);
  });

  it('does no harm to processes that a restart has ended', () => {
    const auditor = new Auditor(OPTIONS);
    auditor.take([...running, ...ledger(['runtime.stopped', RUNTIME])]);
    auditor.lookAt(later);
    expect(auditor.violations).toEqual([]);
  });
});

describe('a version that a person wrote', () => {
  const written = (keyId: string, by?: string, runId?: string): Step => [
    'version.added',
    'https://v/secrets/airflow-sp/1',
    { trace: `trace-${keyId}`, ...(by ? { by } : {}), tags: runId ? { [RUN_TAG]: runId } : {} },
  ];
  const rules = (...steps: readonly Step[]) => audit(ledger(...steps), OPTIONS).map(({ rule }) => rule);
  const minted = key('k2', 'airlock 12345678 run');
  const persons = key('k3', 'by a person');

  it('is not overwritten by a rotation that began before', () => {
    expect(
      rules(key('k1', null), written('k1'), minted, persons, written('k3'), written('k2', APP, 'run')),
    ).toEqual([16]);
  });

  it('is what a rotation begins from that began after', () => {
    expect(rules(persons, written('k3'), minted, written('k2', APP, 'run'))).toEqual([]);
  });
});

it('tells whether all have what everybody reads, and which keys are left over', () => {
  const auditor = new Auditor(OPTIONS);
  const version: Step = [
    'version.added',
    'https://v/secrets/airflow-sp/1',
    { trace: 'trace-k2', by: APP, tags: {} },
  ];
  auditor.take(
    ledger(key('k1', 'airlock 12345678 old'), key('k2', 'airlock 12345678 run'), version, write('k2')),
  );
  expect(auditor.holdings.isUniform([RUNTIME], 'airflow-sp')).toBe(false);
  auditor.take(ledger(up('k2')));
  expect(auditor.holdings.isUniform([RUNTIME], 'airflow-sp')).toBe(true);
  expect(auditor.holdings.leftOver()).toEqual(['k1']);
  auditor.take(ledger(key('k0', 'by a person')));
  expect(auditor.holdings.othersUnused()).toEqual(['k0']);
});
