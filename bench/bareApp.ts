/** One function of each kind with nothing but the two libraries: what the app's import time is compared with. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';

const extraInputs = [df.input.durableClient()];
app.http('http', { extraInputs, handler: () => ({ status: 200 }) });
app.eventGrid('event', { extraInputs, handler: () => undefined });
app.timer('timer', { schedule: '0 0 0 * * *', handler: () => undefined });
df.app.orchestration('orchestration', function* (context) {
  yield context.df.callActivity('activity', {});
});
df.app.activity('activity', { handler: () => 'done' });
df.app.entity('entity', () => undefined);
