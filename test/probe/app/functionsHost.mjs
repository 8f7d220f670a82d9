/** What the Functions host does around the durable extension: HTTP bodies, timers, Event Grid. */
import { app } from '@azure/functions';
import { note } from './memory.mjs';

app.http('body', {
  route: 'body',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({ jsonBody: { body: await request.text() } }),
});
app.timer('hourly', {
  schedule: '0 0 * * * *',
  handler: ({ isPastDue, schedule, scheduleStatus }) =>
    note('hourly', { isPastDue, schedule, status: scheduleStatus }),
});
app.eventGrid('hears', {
  handler(event) {
    note(event.subject, event.id);
    if (event.data?.fails === true) throw new Error('fails on purpose');
  },
});
