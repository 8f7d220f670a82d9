/** What the host sends to an orchestrator and takes from it, without the SDK in between. */
import { app, trigger } from '@azure/functions';

const raw = (name, answer) =>
  app.generic(name, { trigger: trigger.generic({ type: 'orchestrationTrigger' }), handler: answer });

raw('rawPayload', (payload) => {
  const { history, ...rest } = payload;
  const typed = (object) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, value === null ? 'null' : typeof value]),
    );
  return {
    isDone: true,
    actions: [[]],
    schemaVersion: payload.upperSchemaVersionNew,
    output: {
      payload: typed(rest),
      schema: [payload.upperSchemaVersion, payload.upperSchemaVersionNew],
      events: history.map(({ EventType }) => EventType),
      started: typed(history[0]),
      execution: typed(history[1]),
      timestamp: history[0].Timestamp,
      generation: history[1].Generation ?? 'absent',
    },
  };
});

/** One activity, then the end, in the schema that its input names. */
raw('rawSchema', ({ history, input }) => {
  const result = history.find(({ EventType }) => EventType === 5)?.Result;
  return {
    isDone: result !== undefined,
    actions: [[{ actionType: 0, functionName: 'describe', input: { a: 1 } }]],
    schemaVersion: input.schemaVersion,
    ...(result === undefined ? {} : { output: { result: JSON.parse(result) } }),
  };
});
