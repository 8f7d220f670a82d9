import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../../local/project.js';
import { APP_VERSION } from '../../../../src/domain/runs/appVersion.js';
import {
  endedByHost,
  ofNewerVersion,
  type ShownInstance,
  withOutdated,
} from '../../../../src/domain/sweep/unmovedRuns.js';
import { compareVersions } from '../../../../src/domain/values/version.js';
import { viewOf } from '../../../../src/functions/http/runView.js';

const rotation = (more: object = {}) => ({
  action: 'rotate',
  credential: 'reader',
  recordKey: 'abc',
  startedBy: { kind: 'request', principal: 'p' },
  createdAt: '2026-11-26T00:00:00.000Z',
  ...more,
});

const shown = (more: Partial<ShownInstance> = {}): ShownInstance => ({
  instanceId: 'rq-0123',
  name: 'rotateCredential',
  input: rotation(),
  output: 'gone',
  ...more,
});

describe('runs that do not move', () => {
  it('are those that the host ended, without those that another run waits for', () => {
    const member = shown({
      instanceId: 'rq-0123-4-abcd',
      name: 'runtimeRun',
      input: { action: 'check', runtime: {}, startedBy: { kind: 'run', runId: 'rq-0123' } },
    });
    const child = shown({ instanceId: 'rq-0123-4', name: 'moveGroup' });

    expect(endedByHost([shown(), member, child])).toMatchObject([
      { runId: 'rq-0123', subject: 'credentials/reader', recordKey: 'abc', problem: { code: 'hostEnded' } },
    ]);
  });

  it('hold nothing where they were dry runs', () => {
    const [run] = endedByHost([shown({ input: JSON.stringify(rotation({ dryRun: true })) })]);
    expect(run).not.toHaveProperty('recordKey');
  });

  it('are those of a newer version, as far as their status says so', () => {
    const of = (version?: string) => shown({ customStatus: { step: 's', version } });
    const found = ofNewerVersion([of(), of(APP_VERSION), of('0.9'), of('1.10')]);

    expect(found).toMatchObject([{ runId: 'rq-0123', problem: { code: 'newerVersion' } }]);
    expect(found[0]?.problem.message).toContain('1.10');
  });

  it('of a newer version are named without those that one of them waits for', () => {
    const customStatus = { step: 's', version: '7.0' };
    const member = shown({
      instanceId: 'rq-0123-4-abcd',
      name: 'runtimeRun',
      input: { action: 'check', runtime: {}, startedBy: { kind: 'run', runId: 'rq-0123' } },
      customStatus,
    });
    const idsOf = (instances: ShownInstance[]) => ofNewerVersion(instances).map(({ runId }) => runId);

    expect(idsOf([member, shown({ customStatus })])).toEqual(['rq-0123']);
    // Begun by an older app, the run that waits for it is none of these.
    expect(idsOf([member, shown({ customStatus: { step: 's', version: APP_VERSION } })])).toEqual([
      'rq-0123-4-abcd',
    ]);
  });

  it('of a rotation that had committed have the key that it was to remove', () => {
    const run = {
      runId: 'r',
      subject: 's',
      target: 'reader',
      problem: { code: 'hostEnded' as const, message: '', remedy: '' },
    };
    const version = (credentialId: string, secretVersion = 'v') => ({
      tenantId: 't',
      clientId: 'c',
      credentialId,
      secretVersion,
    });
    const at = (from: string, to: string) =>
      ({ runId: 'r', until: 1, phase: 'moving', from: version(from), to: version(to) }) as const;

    expect(withOutdated(run, at('old', 'new'), 'NEW')).toMatchObject({ outdated: 'old' });
    expect(withOutdated(run, at('old', 'new'), 'old')).toEqual(run);
    // A version's id in the place of a key: nobody has said which key it is.
    expect(withOutdated(run, at('v', 'new'), 'new')).toEqual(run);
    expect(withOutdated({ ...run, runId: 'another' }, at('old', 'new'), 'new')).not.toHaveProperty(
      'outdated',
    );
  });
});

describe('the version of the app', () => {
  it('is that of host.json', () => {
    const host = JSON.parse(readFileSync(projectFile('host.json'), 'utf8')) as {
      extensions: { durableTask: Record<string, unknown> };
    };
    expect(host.extensions.durableTask).toMatchObject({
      defaultVersion: APP_VERSION,
      versionMatchStrategy: 'CurrentOrOlder',
      versionFailureStrategy: 'Reject',
    });
  });

  it('is ordered by its numbers', () => {
    expect(compareVersions('1.10', '1.9')).toBeGreaterThan(0);
    expect(compareVersions('1', '1.0')).toBe(0);
    expect(compareVersions('0.9', '1.0')).toBeLessThan(0);
  });

  it.each([
    ['Running', '2.0', 'newerVersion'],
    ['Running', APP_VERSION, undefined],
    ['Completed', '2.0', undefined],
  ])('of a run that is %s and of %s is shown', (runtimeStatus, version, code) => {
    const status = {
      ...shown({ customStatus: { step: 's', version } }),
      runtimeStatus,
      lastUpdatedTime: '2026-11-26T00:00:00Z',
      output: null,
    } as never;

    expect(viewOf(status, { whole: false })).toMatchObject({
      version,
      ...(code ? { status: 'running', problem: { code } } : {}),
    });
    if (!code) expect(viewOf(status, { whole: false })).not.toHaveProperty('problem');
  });
});
