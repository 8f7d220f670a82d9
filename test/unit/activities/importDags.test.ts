import { describe, expect, it } from 'vitest';
import { importDags } from '../../../src/activities/importDags.js';
import { ActivityContext } from '../doubles/activityContext.js';
import { accessing, TARGET } from './checking.js';

const { runtime } = TARGET;
const SOURCE = accessing({ importDags: { box: 'dags' } });
const bring = (context: ActivityContext) => importDags({ runtime, profile: 'attic' }, context.deps);

describe('an import of DAGs', () => {
  it('is asked for where the profile names a source, and once more where it is repeated', async () => {
    const context = new ActivityContext(SOURCE);
    context.runtimes.put(runtime);

    expect(await bring(context)).toEqual({ kind: 'accepted' });
    expect(await bring(context)).toEqual({ kind: 'accepted' });
    expect(context.runtimes.calls).toEqual(['deliver attic/etl', 'deliver attic/etl']);
  });

  it('is nothing where it names none', async () => {
    const context = new ActivityContext();

    expect(await bring(context)).toEqual({ kind: 'accepted' });
    expect(context.runtimes.calls).toEqual([]);
  });

  it('is nothing where the profile is gone, which is said', async () => {
    const context = new ActivityContext(SOURCE);
    context.profiles = [];

    expect(await bring(context)).toMatchObject({ kind: 'refused', problem: { code: 'profileGone' } });
    expect(context.runtimes.calls).toEqual([]);
  });
});
