/** Child process: boots the app, delivers an irrelevant event, prints the milliseconds since the process began. */
import { createKernel } from '../local/kernel/kernel.js';
import { createFunctionsHost } from '../local/runner/functionsHost.js';

const kernel = createKernel({ mode: 'real', onError: (error) => console.error(error) });
const host = createFunctionsHost({
  kernel,
  appEntry: process.argv[2] ?? '',
  functionKey: 'bench',
  systemKey: 'bench',
  onLog: () => undefined,
});
const port = await host.start(0);
const answer = await fetch(
  `http://127.0.0.1:${port}/runtime/webhooks/eventgrid?functionName=runtimeEvents&code=bench`,
  {
    method: 'POST',
    headers: { 'aeg-event-type': 'Notification' },
    body: JSON.stringify([
      {
        id: '1',
        subject: '/subscriptions/x',
        eventType: 'Microsoft.Resources.ResourceWriteSuccess',
        eventTime: new Date(0).toISOString(),
        data: { operationName: 'Microsoft.Storage/storageAccounts/write', resourceUri: '/subscriptions/x' },
        dataVersion: '2',
        metadataVersion: '1',
      },
    ]),
  },
);
if (answer.status !== 202) throw new Error(`the event was answered ${answer.status}`);
process.stdout.write(String(performance.now()));
process.exit(0);
