import { describe, expect, it } from 'vitest';
import { surveyRuns } from '../../../../src/activities/sweep/surveyRuns.js';
import { notificationId } from '../../../../src/domain/events/notifications.js';
import { EMPTY_APP_RECORD } from '../../../../src/domain/records/appRecord.js';
import { credentialRecordKey } from '../../../../src/domain/rotation/credentialState.js';
import { APP_VERSION } from '../../../../src/domain/runs/appVersion.js';
import { type ShownInstance, unmovedEvent } from '../../../../src/domain/sweep/unmovedRuns.js';
import { type ActivityContext, OF_ATTIC } from '../../doubles/activityContext.js';
import { CLIENT, recordIn, rotating, SECRET, TENANT } from '../rotation/rotating.js';

const RECORD_KEY = credentialRecordKey(OF_ATTIC.credential);
const ORIGIN = { startedBy: { kind: 'schedule', at: '' }, createdAt: '2026-11-23T00:00:00.000Z' };

/** A rotation, and a check of everything in a profile, as the durable back end shows them. */
const rotation = (instanceId = 'rq-0001'): ShownInstance => ({
  instanceId,
  name: 'rotateCredential',
  input: { action: 'rotate', credential: 'reader', recordKey: RECORD_KEY, ...ORIGIN },
  output: 'The worker is gone.',
});
const check = (instanceId: string, more: Partial<ShownInstance> = {}): ShownInstance => ({
  instanceId,
  name: 'profileRun',
  input: { action: 'check', profile: 'attic', ...ORIGIN },
  output: 'The worker is gone.',
  ...more,
});

/** A context in which a rotation from key-1 to key-2 was ended by the host, after it had committed. */
function committed(): ActivityContext {
  const context = rotating('committed');
  const version = (credentialId: string, secretVersion: string) => ({
    clientId: CLIENT,
    tenantId: TENANT,
    credentialId,
    secretVersion,
  });
  const { rotation: active = expect.fail('a run works on it'), ...record } = recordIn(
    'moving',
    {},
    'rq-0001',
  );
  context.credential = {
    ...record,
    rotation: { ...active, from: version('key-1', 'v1'), to: version('key-2', 'v1') },
  };
  context.secrets = [...context.secrets, { value: 'newer', version: 'v2', keyId: 'key-2' }];
  context.instances.Failed = [rotation()];
  return context;
}

const survey = (context: ActivityContext) => surveyRuns({}, context.deps, context.durable);

describe('runs that the host has ended', () => {
  it('are told, those that failed and those that somebody terminated', async () => {
    const context = rotating('moving');
    context.instances.Failed = [check('rq-0002')];
    context.instances.Terminated = [check('rq-0003')];
    const surveyed = await survey(context);

    expect(surveyed).toMatchObject({
      kind: 'surveyed',
      ended: [
        { runId: 'rq-0002', subject: 'profiles/attic', problem: { code: 'hostEnded' } },
        { runId: 'rq-0003' },
      ],
      waiting: [],
    });
    expect(await survey(context)).toEqual(surveyed);
  });

  it.each(['kept', 'struck'] as const)('are told once: not those whose event is %s', async (where) => {
    const context = rotating('moving');
    context.instances.Failed = [check('rq-0002'), check('rq-0003')];
    const surveyed = await survey(context);
    const [first] = surveyed.kind === 'surveyed' ? surveyed.ended : [];
    const event = unmovedEvent(first ?? expect.fail('one was ended'));
    const id = notificationId(event);
    const entry = { id, event, at: '2026-11-23T00:00:00.000Z' };
    context.app =
      where === 'kept' ? { ...EMPTY_APP_RECORD, kept: [entry] } : { ...EMPTY_APP_RECORD, struck: [id] };

    expect(await survey(context)).toMatchObject({ ended: [{ runId: 'rq-0003' }] });
  });

  it('are told in portions', async () => {
    const context = rotating('moving');
    context.instances.Failed = Array.from({ length: 23 }, (_, place) => check(`rq-${1000 + place}`));
    const surveyed = await survey(context);

    expect(surveyed.kind === 'surveyed' && surveyed.ended.length).toBe(20);
  });
});

describe('a rotation that the host has ended', () => {
  it('had committed where everybody reads what it moved to: its old key is named, no value', async () => {
    const surveyed = await survey(committed());

    expect(surveyed).toMatchObject({
      ended: [{ runId: 'rq-0001', recordKey: RECORD_KEY, outdated: 'key-1' }],
    });
    expect(JSON.stringify(surveyed)).not.toMatch(/held-secret|newer/);
  });

  it.each<{ label: string; prepare(context: ActivityContext): void }>([
    {
      label: 'everybody reads what it began from',
      prepare: (context) => (context.secrets = context.secrets.slice(0, 1)),
    },
    {
      label: 'another run works on the credential by now',
      prepare: (context) => (context.credential = recordIn('moving', {}, 'rq-0009')),
    },
    { label: 'nobody configures it any more', prepare: (context) => (context.profiles = []) },
  ])('has no old key where $label', async ({ prepare }) => {
    const context = committed();
    prepare(context);
    const surveyed = await survey(context);

    expect(surveyed).toMatchObject({ ended: [{ runId: 'rq-0001', recordKey: RECORD_KEY }] });
    expect(surveyed.kind === 'surveyed' && surveyed.ended[0]).not.toHaveProperty('outdated');
  });

  it('has no key of ours where somebody else mints: nobody asks the vault', async () => {
    const context = committed();
    const { credential } = OF_ATTIC;
    const rotationOf = { ...credential.rotation, strategy: 'external', mints: false };
    context.profiles = [{ ...OF_ATTIC, credential: { ...credential, rotation: rotationOf } }];
    context.vaults.calls.faults.versions = 'busy';

    expect(await survey(context)).toMatchObject({ ended: [{ runId: 'rq-0001', mintsNone: true }] });
  });

  it('needs no vault where the record is not of it', async () => {
    const context = committed();
    context.credential = recordIn('moving', {}, 'rq-0009');
    context.vaults.calls.faults.versions = 'busy';

    expect(await survey(context)).toMatchObject({ ended: [{ runId: 'rq-0001' }] });
  });

  it.each(['busy', 'forbidden'] as const)(
    'waits where the vault is %s, and keeps back no other',
    async (fault) => {
      const context = committed();
      context.instances.Failed = [...(context.instances.Failed ?? []), check('rq-0009')];
      context.vaults.calls.faults.versions = fault;

      expect(await survey(context)).toMatchObject({ kind: 'surveyed', ended: [{ runId: 'rq-0009' }] });
      expect(context.vaults.kept(SECRET)).toHaveLength(2);
    },
  );
});

describe('versions of the app', () => {
  const NEWER = '999.0';

  it('leave alone what a newer one has begun, which is told while one has run', async () => {
    const context = rotating('moving');
    context.instances.Running = [check('rq-0002', { customStatus: { version: NEWER } }), check('rq-0003')];
    expect(await survey(context)).toMatchObject({ waiting: [] });
    context.app = { ...EMPTY_APP_RECORD, version: NEWER };

    const surveyed = await survey(context);
    expect(surveyed).toMatchObject({ waiting: [{ runId: 'rq-0002', problem: { code: 'newerVersion' } }] });
    expect(surveyed).not.toHaveProperty('newVersion');
  });

  it.each([
    { known: undefined, told: APP_VERSION },
    { known: '0.9', told: APP_VERSION },
    { known: APP_VERSION, told: undefined },
  ])('are noted where they are new: $told after $known', async ({ known, told }) => {
    const context = rotating('moving');
    if (known !== undefined) context.app = { ...EMPTY_APP_RECORD, version: known };
    const surveyed = await survey(context);

    expect(surveyed.kind === 'surveyed' && surveyed.newVersion).toBe(told);
  });
});
