/** Which versions of orchestrations this app runs: `defaultVersion` and its strategies in host.json. */
import type { Instance } from './state.js';

export interface VersionSettings {
  /** Of what is started without a version; the app's own. */
  readonly defaultVersion?: string | undefined;
  /** Which instances the app runs. Default: those of its own version and of older ones. */
  readonly versionMatchStrategy?: 'None' | 'Strict' | 'CurrentOrOlder' | undefined;
  /** What becomes of the others. Default: they wait for an app that runs them. */
  readonly versionFailureStrategy?: 'Reject' | 'Fail' | undefined;
}

/** What the extension says of an instance that it does not run and is to fail. */
export const VERSION_MISMATCH =
  'VersionMismatch: Orchestration version did not comply with Worker Versioning';

/** Whether an instance is run, waits or fails. */
export function verdict(
  { version }: Pick<Instance, 'version'>,
  {
    defaultVersion,
    versionMatchStrategy = 'CurrentOrOlder',
    versionFailureStrategy = 'Reject',
  }: VersionSettings,
): 'run' | 'wait' | 'fail' {
  if (defaultVersion === undefined || versionMatchStrategy === 'None') return 'run';
  const order = compareVersions(version ?? '', defaultVersion);
  if (order === 0 || (order < 0 && versionMatchStrategy === 'CurrentOrOlder')) return 'run';
  return versionFailureStrategy === 'Fail' ? 'fail' : 'wait';
}

/** By the numbers between dots; a text without a version is older than any. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
