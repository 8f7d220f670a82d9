/** A local cloud with the app in it, for as long as one proof takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalCloudHandle, launchLocalCloud } from '../../local/launch.js';
import { projectFile } from '../../local/project.js';
import { OPERATOR_VAULT, vaultHost } from '../../local/sample/names.js';
import { grantOnSecret } from '../grantOnSecret.js';
import { WEB_LOGIN } from './settings.js';

const WEB_SECRET = 'airflow-web';
/** The sample environment's configuration with the login of the real web servers, and what is wanted in its rotation. */
export function configuration(rotation: readonly string[] = []): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8').trimEnd();
  const secret = `{ vault: "https://${vaultHost(OPERATOR_VAULT)}", name: ${WEB_SECRET} }`;
  const more = rotation.map((line) => `      ${line}\n`).join('');
  return `${sample.replace('      strategy: graph\n', `      strategy: graph\n${more}`)}
    onConflict: replace
    access:
      login: { kind: password, userName: ${WEB_LOGIN.userName}, password: ${secret} }
    writeOnly: { webServerPassword: ${secret} }
    limits: { changeableMinutes: 60, readyMinutes: 60, checkMinutes: 30, pollSeconds: 10 }
`;
}

/** A local cloud with the app in it, and a folder that is removed with it. */
export class Cloud {
  private constructor(
    private readonly launching: Promise<LocalCloudHandle>,
    readonly handle: LocalCloudHandle,
    readonly folder: string,
  ) {}

  static async open(config = configuration()): Promise<Cloud> {
    if (ending) throw new Error('The test ends: no local cloud is started any more.');
    const folder = mkdtempSync(join(tmpdir(), 'airlock-airflow-'));
    folders.add(folder);
    const file = join(folder, 'airlock.yaml');
    writeFileSync(file, config);
    const launching = launchLocalCloud({
      port: 0,
      config: file,
      // Once a year: a sweep would fix what a case looks at.
      settings: { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' },
      onLog: (line) => {
        if (/DEFECT/.test(line)) process.stderr.write(`${line}\n`);
      },
    });
    launched.add(launching);
    const handle = await launching;
    await handle.client.setSecret(OPERATOR_VAULT, WEB_SECRET, { value: WEB_LOGIN.password });
    await grantOnSecret(handle, OPERATOR_VAULT, WEB_SECRET);
    return new Cloud(launching, handle, folder);
  }

  get client() {
    return this.handle.client;
  }

  /** From now on nobody tells the app of what a case changes in the portal: it would fix it at once. */
  async unsubscribe(): Promise<void> {
    for (const { name } of await this.client.subscriptions()) await this.client.unsubscribe(name);
  }

  async close(): Promise<void> {
    await this.handle.stop();
    launched.delete(this.launching);
    rmSync(this.folder, { recursive: true, force: true });
    folders.delete(this.folder);
  }
}

const launched = new Set<Promise<LocalCloudHandle>>();
const folders = new Set<string>();
let ending = false;

/** Ends the clouds that are there, those that are just being started included. */
export async function endClouds(): Promise<void> {
  ending = true;
  const ends = [...launched].map((launching) =>
    launching.then(
      (handle) => handle.kill(),
      () => undefined,
    ),
  );
  await Promise.all(ends);
}

/** Removes what clouds left, when nothing writes there any more. */
export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
