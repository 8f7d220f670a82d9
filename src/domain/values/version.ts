/**
 * Versions of the app's durable code. The durable extension gives each instance the version of the app that started it
 * (host.json, `defaultVersion`), and an app of an older version leaves it alone.
 */

/** The version of this app: that of host.json. It grows with each change after which an older app could not go on. */
export const APP_VERSION = '1.0';

/** Orders versions by the numbers between their dots; negative where `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number);
}

/** Whether an instance of this version is left alone by this app. */
export function isNewerThanApp(version: string | undefined): boolean {
  return version !== undefined && compareVersions(version, APP_VERSION) > 0;
}
