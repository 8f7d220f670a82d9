/** The probe app on the real extensions. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableVersion } from '../durable/setup/build.js';
import { launchExtensionCloud } from '../durable/setup/launch.js';
import { PROBE_APP, ProbeCloud } from './cloud.js';

/** Nothing runs before it is started. Whoever calls it calls `endEverything` before the process ends. */
export function extensionProbe(version: DurableVersion): ProbeCloud {
  let hub: string | undefined;
  return new ProbeCloud({
    async launch(settings) {
      const cloud = await launchExtensionCloud({
        app: PROBE_APP,
        version,
        hostEnvironment: applicationSettings({ AzureFunctionsJobHost: settings }),
        ...(hub === undefined ? {} : { hub }),
      });
      hub = cloud.hub;
      return cloud;
    },
    pass: (_cloud, ms) => sleep(ms),
  });
}

/** Settings of host.json as application settings, which override it: `a__b__c`. */
function applicationSettings(settings: object, path: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'object'
        ? Object.entries(applicationSettings(value, [...path, name]))
        : [[[...path, name].join('__'), String(value)]],
    ),
  );
}
