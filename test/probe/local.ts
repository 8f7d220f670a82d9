/** The probe app on the local host, in virtual time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchLocalCloud } from '../../local/launch.js';
import { loadSettings, saveSettings } from '../../local/settings.js';
import { PROBE_APP, ProbeCloud } from './cloud.js';

const ANY_PORTS = { functions: 0, proxy: 0, control: 0, identity: 0 };

/**
 * Needs the built local cloud. Nothing runs before it is started.
 *
 * @param startsAgain whether it is to be started more than once, and so to keep its state, which takes long
 */
export function localProbe(startsAgain = true): ProbeCloud {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-probe-'));
  const state = join(folder, 'state');
  const app = join(folder, 'app.mjs');
  let started = false;
  writeFileSync(app, `import ${JSON.stringify(pathToFileURL(PROBE_APP).href)};\n`);
  return new ProbeCloud({
    launch(settings) {
      // The time that functions take is the machine's, also in virtual time: one second tells as much as ten.
      const functionTimeout = settings.functionTimeout && '00:00:01';
      // The local host looks for the app's host.json beside its entry point.
      writeFileSync(
        join(folder, 'host.json'),
        JSON.stringify({ version: '2.0', ...settings, functionTimeout }),
      );
      // Another process may have taken a port of before meanwhile.
      if (started) saveSettings(state, { ...loadSettings(state), ports: ANY_PORTS });
      started = true;
      return launchLocalCloud({ app, port: 0, clock: 'virtual', ...(startsAgain ? { state } : {}) });
    },
    pass: (cloud, ms) => cloud.client.advance(ms / 1000),
    slowActivity: (cloud, id, seconds) =>
      cloud.client.addFault({
        match: { service: 'host', operation: 'after-activity', subject: id },
        action: { kind: 'delay', seconds },
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  });
}
