/** A small durable app for the bench of the runner: orchestrations that call so many activities in a row. */
import * as df from 'durable-functions';

df.app.activity('nothing', { handler: () => 'done' });
df.app.orchestration('sequence', function* (context) {
  const count = context.df.getInput<number>();
  for (let n = 0; n < count; n++) yield context.df.callActivity('nothing', { n });
  return count;
});
