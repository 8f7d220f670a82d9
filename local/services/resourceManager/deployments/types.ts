/** Deployments of templates: what is handed over, what comes back, and what the resource providers see. */
import { z } from 'zod';

/** One resource of a template as Resource Manager would deploy it, plain JSON. */
export interface TemplateResource {
  /** For example `Microsoft.Storage/storageAccounts`. */
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** Resource id of what an extension resource is on; of others the resource group or the subscription. */
  readonly scope: string;
  /** Looked at where it is given. */
  readonly apiVersion?: string;
  /**
   * Location, tags, identity, sku, kind, properties. What only a deployment tells stands as `<name.path>`, for example
   * `<id-airlock.properties.principalId>`.
   */
  readonly body: Readonly<Record<string, unknown>>;
}

export const STORED = z.object({
  type: z.string(),
  id: z.string(),
  name: z.string(),
  scope: z.string(),
  /** With what only the deployment told, as far as the local cloud knows it. */
  body: z.record(z.string(), z.unknown()),
  /** What the deployment added, by path: `principalId`, `clientId`, `endpoint`, `primaryEndpoints.blob`. */
  added: z.record(z.string(), z.string()),
});
/** A resource that was deployed. */
export type StoredResource = z.infer<typeof STORED>;

/** An error as Resource Manager answers it; `details` says what is behind it. */
export interface AzureError {
  readonly code: string;
  readonly message: string;
  /** Resource id. */
  readonly target?: string;
  readonly details?: readonly AzureError[];
}

export type DeploymentResult =
  | { readonly status: 'Succeeded'; readonly resources: readonly string[] }
  | { readonly status: 'Failed'; readonly error: AzureError };

/** The answer to a package upload. */
export type PublishResult =
  | { readonly status: 200 }
  | { readonly status: 403 | 404; readonly code: string; readonly message: string };

/** Durations in seconds of the local cloud's clock. */
export const OPTIONS = z.strictObject({
  /** From the write of a role assignment until it holds. */
  roleSeconds: z.number().nonnegative(),
  /** From the upload of a package until its functions are there. */
  indexSeconds: z.number().nonnegative(),
  /** What each resource takes. */
  resourceSeconds: z.number().nonnegative(),
  /** Whether Event Grid takes an identity on a topic in the location `global`: records say either. */
  identityOnGlobalTopics: z.boolean(),
});
export type DeploymentOptions = z.infer<typeof OPTIONS>;

export const NO_DELAYS: DeploymentOptions = {
  roleSeconds: 0,
  indexSeconds: 0,
  resourceSeconds: 0,
  identityOnGlobalTopics: true,
};

export interface Deployments {
  /**
   * Deploys a template at the scope of its subscription: one resource after the other, on the local cloud's clock. What
   * was made before an error stays; the same again changes nothing and goes on. Throws only where the local cloud
   * cannot play what the template asks for.
   *
   * @param name name of the deployment
   * @param location where Resource Manager keeps it, for example `westeurope`
   */
  deploy(name: string, location: string, resources: readonly TemplateResource[]): Promise<DeploymentResult>;
  /** Puts in what was there before: a resource group, a system topic. Nothing is checked. */
  add(resource: TemplateResource & { readonly added?: Readonly<Record<string, string>> }): void;
  /**
   * Uploads a package. Refused until the app's identity may write to the container of its packages.
   *
   * @param functions names of the functions in the package
   */
  publish(siteId: string, functions: readonly string[]): PublishResult;
  /** Names of the functions that are indexed; none where there is no such app. */
  functionsOf(siteId: string): readonly string[];
  /** The app settings as the app gets them. */
  settingsOf(siteId: string): Readonly<Record<string, string>>;
  /** False where there is no such app. */
  stop(siteId: string): boolean;
  start(siteId: string): boolean;
  isRunning(siteId: string): boolean;
  resources(): readonly StoredResource[];
  /** Throws a ZodError where an option is unknown or makes no sense. */
  configure(options: Partial<DeploymentOptions>): void;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** The error at the bottom of it: what to read first. */
export function causeOf(error: AzureError): AzureError {
  const [first] = error.details ?? [];
  return first === undefined ? error : causeOf(first);
}
