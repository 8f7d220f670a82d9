/** Custom status, and what the status of an instance shows. */
import * as df from 'durable-functions';

const OVERHEAD = JSON.stringify({ text: '' }).length;

/** A custom status whose JSON has exactly so many UTF-16 units. */
df.app.orchestration('statusOfSize', function* (context) {
  const { units, letter } = context.df.getInput();
  yield context.df.callActivity('nothing', {});
  context.df.setCustomStatus({ text: letter.repeat(units - OVERHEAD) });
  yield context.df.callActivity('nothing', {});
  return 'ended';
});
df.app.orchestration('statusKept', function* (context) {
  context.df.setCustomStatus({ first: true });
  yield context.df.callActivity('nothing', {});
  yield context.df.callActivity('nothing', {});
  return 'ended';
});
/** The first execution has a custom status and ends when it is told; the second has none, and two episodes. */
df.app.orchestration('statusThenNew', function* (context) {
  if (context.df.getInput().round === 0) {
    context.df.setCustomStatus({ round: 0 });
    yield context.df.waitForExternalEvent('go on');
    context.df.continueAsNew({ round: 1 });
    return undefined;
  }
  yield context.df.waitForExternalEvent('another episode');
  const effect = context.df.callActivity('effect', context.df.instanceId);
  yield context.df.Task.all([effect, context.df.waitForExternalEvent('end')]);
  return 'ended';
});
