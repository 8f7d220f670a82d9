/**
 * Versions of the app's durable code. The durable extension gives each instance the version of the app that started it
 * (host.json, `defaultVersion`), and an app of an older version leaves it alone.
 */
import { compareVersions } from '../values/version.js';

/** The version of this app: that of host.json. It grows with each change after which an older app could not go on. */
export const APP_VERSION = '1.0';

/** Whether an instance of this version is left alone by this app. */
export function isNewerThanApp(version: string | undefined): boolean {
  return version !== undefined && compareVersions(version, APP_VERSION) > 0;
}
