/** The line of JSON that the local cloud prints on stdout when it is ready. */
import { z } from 'zod';

/** What is written to stderr where another world begins in the same process: lines before it are of the one before. */
export const ANEW_LINE = 'local: Another world begins.';

export const READY = z.object({
  ready: z.literal(true),
  /** Origin of the functions host. */
  functions: z.string(),
  functionKey: z.string(),
  systemKey: z.string(),
  /** The CONNECT proxy that leads to the emulated services. */
  proxy: z.string(),
  /** Path of the CA's certificate. */
  ca: z.string(),
  identityEndpoint: z.string(),
  identityHeader: z.string(),
  tenant: z.string(),
  subscription: z.string(),
  resourceGroup: z.string(),
  factory: z.string(),
  /** Host names of the vaults: the operator's first, then the one that Airflow reads. */
  vaults: z.array(z.string()),
  /** Origin of the control API. */
  control: z.string(),
});
export type ReadyLine = z.infer<typeof READY>;
