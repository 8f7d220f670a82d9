/** What the process of a local cloud on the real extension is told by whoever starts it. */
import { z } from 'zod';

/** Environment variable that holds the settings, as JSON. */
export const SETTINGS_VARIABLE = 'DURABLE_EXTENSION';

export const EXTENSION_SETTINGS = z.object({
  /** The built C# host. */
  dll: z.string(),
  /** Connection string of the storage account. */
  storage: z.string(),
  /** Name of the task hub: letters and digits, as Azure Storage's tables and queues are named by it. */
  hub: z.string().regex(/^[A-Za-z][A-Za-z0-9]{2,44}$/),
  /** C# hosts on the hub, as instances of a Function App that has scaled out. */
  hosts: z.number().int().min(1).default(1),
  /** Application settings of the C# hosts alone, for example `AzureFunctionsJobHost__functionTimeout`. */
  environment: z.record(z.string(), z.string()).default({}),
});
export type ExtensionSettings = z.output<typeof EXTENSION_SETTINGS>;
