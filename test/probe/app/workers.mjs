/** Functions whose worker goes away: each question has its own, since a fault is told by the function's name. */
import * as df from 'durable-functions';
import { attempt } from './common.mjs';
import { note } from './memory.mjs';

for (const point of ['Before', 'After']) {
  df.app.activity(`activityGone${point}`, {
    handler(key) {
      note(key, 'effect');
      return 'done';
    },
  });
  df.app.orchestration(`callsGone${point}`, function* (context) {
    return yield* attempt(context.df.callActivity(`activityGone${point}`, context.df.instanceId));
  });
  df.app.orchestration(`orchestratorGone${point}`, function* (context) {
    yield context.df.callActivity('effect', context.df.instanceId);
    return 'ended';
  });
  df.app.entity(`entityGone${point}`, (context) => {
    const count = (context.df.getState(() => 0) ?? 0) + 1;
    context.df.setState(count);
    context.df.return(count);
  });
  df.app.orchestration(`callsEntityGone${point}`, function* (context) {
    const id = new df.EntityId(`entityGone${point}`, context.df.instanceId);
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(yield* attempt(context.df.callEntity(id, 'add')));
    return answers;
  });
}
df.app.orchestration('childGone', function* (context) {
  yield context.df.callActivity('effect', context.df.instanceId);
  return 'ended';
});
df.app.orchestration('parentOfGone', function* (context) {
  return yield* attempt(context.df.callSubOrchestrator('childGone', {}, `${context.df.instanceId}-child`));
});
