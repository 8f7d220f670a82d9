/** Settings of host.json's `storageProvider`, as the application settings that go before them. */

/** @param settings by name, for example `partitionCount` */
export function asHostEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `AzureFunctionsJobHost__extensions__durableTask__storageProvider__${name}`,
      value,
    ]),
  );
}

/** The longest pause between two looks into a queue, milliseconds. */
export function longestPollMs({ maxQueuePollingInterval = '' }: Readonly<Record<string, string>>): number {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(maxQueuePollingInterval) ?? [];
  if (seconds === undefined)
    throw new Error(`maxQueuePollingInterval is no time: ${maxQueuePollingInterval}`);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
