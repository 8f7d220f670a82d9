/** Who answers the orchestrations of one runtime: the real activities and the runtime's real record, with runtimes in memory. */
import type { OrchestrationContext } from 'durable-functions';
import { IMPLEMENTATIONS, type Implementation } from '../../../src/activities/implementations.js';
import type { ActivityName } from '../../../src/domain/activities/activities.js';
import { applyToRecord } from '../../../src/domain/records/applyToRecord.js';
import type { RecordOperation } from '../../../src/domain/records/runtimeOperations.js';
import { EMPTY_RECORD } from '../../../src/domain/records/runtimeRecord.js';
import { awaitRuntime } from '../../../src/orchestrations/awaitRuntime.js';
import type { CheckAccessResult } from '../../../src/orchestrations/checkState.js';
import { retryActivity } from '../../../src/orchestrations/retryActivity.js';
import type { ActivityContext } from './activityContext.js';
import { type Answers, replay } from './replay.js';

type Orchestration = (context: OrchestrationContext) => Generator<unknown, unknown>;

/** Parts of a run that are played to their end, and not told. */
const PARTS: Readonly<Record<string, Orchestration>> = { awaitRuntime, retryActivity };

/** How an access check ends, where a test says nothing else. */
const PASSED: CheckAccessResult = {
  kind: 'passed',
  trail: [],
  proof: { kind: 'challenge', dagRunId: 'dag-run-1', provenAt: '2026-11-23T12:30:00.000Z' },
};

export function answersOf(context: ActivityContext, check: () => CheckAccessResult = () => PASSED): Answers {
  const { deps, durable } = context;
  const answers: Answers = {
    activity: async (name, input) => {
      const implementation = (await IMPLEMENTATIONS[name as ActivityName]()) as Implementation<ActivityName>;
      return implementation(input as never, deps, durable);
    },
    orchestration: async (name, input, id, now) => {
      if (name === 'checkAccess') return { result: check(), now };
      const part = PARTS[name];
      if (!part) throw new Error(`No test answers the orchestration ${name}.`);
      return replay(part, answers, { input, id, now });
    },
    entity: async (name, key, _operation, input) => {
      // Nobody has told the runs anything.
      if (name !== 'runtimeRecord') return null;
      const { record, answer } = applyToRecord(
        context.records.get(key) ?? EMPTY_RECORD,
        input as RecordOperation,
      );
      context.records.set(key, record);
      return answer;
    },
  };
  return answers;
}
