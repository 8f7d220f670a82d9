/** What the durable extension hands to a function that asks for its client. */

/** What the durable client binding gives a function. The management URLs are what an app must never hand out. */
export function durableClientBinding(origin: string, systemKey: string): Record<string, unknown> {
  const root = `${origin}/runtime/webhooks/durabletask`;
  const query = `taskHub=Airlock&connection=Storage&code=${systemKey}`;
  const instance = `${root}/instances/INSTANCEID`;
  return {
    taskHubName: 'Airlock',
    creationUrls: {
      createNewInstancePostUri: `${root}/orchestrators/{functionName}[/{instanceId}]?code=${systemKey}`,
      createAndWaitOnNewInstancePostUri: `${root}/orchestrators/{functionName}[/{instanceId}]?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${systemKey}`,
    },
    managementUrls: {
      id: 'INSTANCEID',
      statusQueryGetUri: `${instance}?${query}`,
      sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
      terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
      rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
      purgeHistoryDeleteUri: `${instance}?${query}`,
      restartPostUri: `${instance}/restart?${query}`,
      suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
      resumePostUri: `${instance}/resume?reason={text}&${query}`,
    },
    baseUrl: root,
    requiredQueryStringParameters: `code=${systemKey}`,
    rpcBaseUrl: `${origin}/durabletask/`,
  };
}
