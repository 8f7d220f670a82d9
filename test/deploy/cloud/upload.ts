/** Uploads a package to the emulated Function app. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { projectFile } from '../../../local/project.js';
import { installCoreModule } from '../../../local/runner/coreModule.js';
import type { RehearsalContext } from '../context.js';

/** How long an upload takes, seconds. */
const SECONDS = 30;
const ENTRY = 'dist/main.js';

/** Contents by path. */
export type Package = ReadonlyMap<string, Uint8Array>;

/** Uploads it; gives what the deployment service says where that fails. */
export async function upload(
  context: RehearsalContext,
  site: string,
  files: Package,
): Promise<string | undefined> {
  const { cloud, faults, machine } = context;
  await machine.wait(SECONDS);
  const fault = faults.uploads.shift();
  if (fault === 'forbidden') {
    return 'Deployment failed. InaccessibleStorageException: Failed to access storage account for deployment: BlobUploadFailedException: Failed to upload blob to storage account: Response status code does not indicate success: 403 (This request is not authorized to perform this operation using this permission.).';
  }
  const result = cloud.azure.deployments.publish(site, await functionsIn(files));
  if (result.status !== 200) return `Deployment failed. ${result.code}: ${result.message}`;
  context.uploaded = files;
  return fault === 'partly'
    ? 'Deployment was partially successful. These are the deployment logs: [{"message": "Kudu has been restarted after package deployed"}]'
    : undefined;
}

/** Names of the functions that an app of these files registers: none where it is not whole. */
async function functionsIn(files: Package): Promise<readonly string[]> {
  const entry = files.get(ENTRY);
  if (!files.has('host.json') || !files.has('package.json') || entry === undefined) return [];
  if (hash(entry) !== hash(readFileSync(projectFile(ENTRY)))) {
    throw new Error(`The package holds another ${ENTRY} than the one that was built here.`);
  }
  registered ??= register();
  return registered;
}

let registered: Promise<readonly string[]> | undefined;

/** Loads the built app as the Functions worker does. Once a process. */
async function register(): Promise<readonly string[]> {
  const registrations = installCoreModule(() => undefined);
  await import(pathToFileURL(projectFile(ENTRY)).href);
  return [...registrations.functions.keys()];
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
