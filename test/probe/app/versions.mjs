/** Versions of orchestrations. */
import * as df from 'durable-functions';

df.app.orchestration('version', function* (context) {
  const first = context.df.version;
  yield context.df.callActivity('nothing', {});
  return { first, later: context.df.version };
});
df.app.orchestration('versionWaits', function* (context) {
  const first = context.df.version;
  context.df.setCustomStatus('waits');
  yield context.df.waitForExternalEvent('go on');
  return { first, later: context.df.version };
});
df.app.orchestration('versionOfChildren', function* (context) {
  const id = context.df.instanceId;
  return {
    own: context.df.version,
    child: yield context.df.callSubOrchestrator('version', {}, `${id}-child`),
    older: yield context.df.callSubOrchestrator('version', {}, `${id}-older`, '0.9'),
  };
});
