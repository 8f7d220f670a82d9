/** What the local host takes from the app's host.json. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { VersionSettings } from './versions.js';

/** `00:05:00` */
const TIME_SPAN = z
  .string()
  .regex(/^\d{2}:\d{2}:\d{2}$/)
  .transform((text) => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
    return hours * 3600 + minutes * 60 + seconds;
  });

const HOST_JSON = z.object({
  functionTimeout: TIME_SPAN.optional(),
  extensions: z
    .object({
      durableTask: z
        .object({
          defaultVersion: z.string().optional(),
          versionMatchStrategy: z.enum(['None', 'Strict', 'CurrentOrOlder']).optional(),
          versionFailureStrategy: z.enum(['Reject', 'Fail']).optional(),
          storageProvider: z.object({ workItemQueueVisibilityTimeout: TIME_SPAN.optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
});

export interface HostSettings {
  /** Seconds after which an invocation is given up. */
  readonly functionTimeout: number;
  /** Seconds until a message that nobody has finished with shows again; undefined: the extension's default. */
  readonly workItemHiddenSeconds: number | undefined;
  readonly versions: VersionSettings;
}

/** The default of all plans but Consumption: https://learn.microsoft.com/azure/azure-functions/functions-host-json */
const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

/** Reads the host.json in a folder above the app's entry point; there may be none. Throws where it is not valid. */
export function readHostJson(appEntry: string): HostSettings {
  const { functionTimeout, extensions } = HOST_JSON.parse(JSON.parse(nearest(dirname(appEntry)) ?? '{}'));
  return {
    functionTimeout: functionTimeout ?? DEFAULT_TIMEOUT_SECONDS,
    workItemHiddenSeconds: extensions?.durableTask?.storageProvider?.workItemQueueVisibilityTimeout,
    versions: extensions?.durableTask ?? {},
  };
}

function nearest(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'host.json'), 'utf8');
  } catch {
    const above = dirname(folder);
    return above === folder ? undefined : nearest(above);
  }
}
