import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { projectFile } from '../../../local/project.js';
import { PRINCIPALS } from '../../../local/sample/names.js';
import { type CallServer, serveCalls } from '../../deploy/machine/calls.js';
import { answerAz } from './azStandIn.js';

const exec = promisify(execFile);

export const IDENTITY = '11111111-2222-3333-4444-555555555555';
export const APPLICATION = `applications(appId='${PRINCIPALS.airflow}')`;
export const HERE = { id: 'subscription-here', tenantId: 'tenant-here' };
export const ELSEWHERE = { id: 'subscription-elsewhere', tenantId: 'tenant-elsewhere' };

/** What the stand-ins for az and azd know and do, and what they were asked to change. */
export interface State {
  readonly changes: readonly string[];
  readonly accounts: { readonly signedIn?: typeof HERE; readonly seen: readonly (typeof HERE)[] };
  /** Whether each vault works with roles. */
  readonly vaults: Readonly<Record<string, boolean>>;
  readonly secrets: Readonly<Record<string, readonly { readonly value: string }[]>>;
  /** Secrets that are deleted and kept. */
  readonly deleted: readonly string[];
  readonly graph: Readonly<Record<string, unknown>>;
  /** As Resource Manager gives them back: in another case. */
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  /** What the next calls say; an empty text is none. */
  readonly graphFaults: readonly string[];
  readonly deploymentFaults: readonly string[];
  readonly uploadFaults: readonly string[];
  readonly functionFaults: Readonly<Record<string, readonly string[]>>;
  readonly looks: readonly string[];
  readonly roles: { readonly unlisted: number; readonly ageSeconds: number; readonly scope: string };
  /** The .env file of azd's environment. */
  readonly azdEnvironment: Readonly<Record<string, string>>;
}

export const FRESH: State = {
  changes: [],
  accounts: { signedIn: HERE, seen: [HERE] },
  vaults: { 'airlock-ops': true, 'airlock-airflow': true },
  secrets: { 'airlock-ops/airflow-sp': [{ value: 'of the operator' }] },
  deleted: [],
  graph: {
    "servicePrincipals(appId='00000003-0000-0000-c000-000000000000')": { id: 'graph' },
    [`servicePrincipals/${IDENTITY}/appRoleAssignments`]: { value: [] },
    [APPLICATION]: { id: 'object', displayName: 'airflow-secrets' },
    'applications/object/owners': { value: [{ id: 'somebody' }] },
  },
  outputs: {
    azurE_RESOURCE_GROUP: { value: 'rg-prod' },
    airlocK_FUNCTION_APP: { value: 'func-airlock-x' },
    airlocK_PRINCIPAL_ID: { value: IDENTITY },
    airlocK_URL: { value: 'https://func-airlock-x.azurewebsites.net' },
  },
  graphFaults: [],
  deploymentFaults: [],
  uploadFaults: [],
  functionFaults: {},
  looks: [],
  roles: {
    unlisted: 0,
    ageSeconds: 3_600,
    scope: '/subscriptions/s/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stx',
  },
  azdEnvironment: {},
};

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, line by line. */
  readonly lines: readonly string[];
  /** Seconds that it waited. */
  readonly waited: number;
}

/** A folder with stand-ins for az, azd and bicep, and their state; scripts run with it before everything else on PATH. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'airlock-scripts-'));
  readonly #state = join(this.folder, 'state.json');
  readonly #clock = join(this.folder, 'clock');
  /** Scripts call az some hundred times: Node is not started for each, this process answers. */
  readonly #calls: Promise<CallServer> = serveCalls(
    (call) => answerAz(this.#state, join(this.folder, 'bicep-of-az'), call),
    (error) => console.error('The stand-in for az has a defect:', error),
  );
  /** Variables of every run. */
  env: Readonly<Record<string, string>> = {};

  constructor() {
    for (const [name, source] of [
      ['azd', 'fakeAzd.mjs'],
      ['bicep', 'fakeBicep.mjs'],
      ['bicep-of-az', 'fakeBicep.mjs'],
    ] as const) {
      copyFileSync(projectFile('test/infra/scripts', source), join(this.folder, name));
      chmodSync(join(this.folder, name), 0o755);
    }
    symlinkSync(projectFile('test/deploy/machine/standIn.sh'), join(this.folder, 'az'));
    this.state = FRESH;
  }

  get state(): State {
    return JSON.parse(readFileSync(this.#state, 'utf8')) as State;
  }

  set state(state: State) {
    writeFileSync(this.#state, JSON.stringify(state));
  }

  /** Runs a script below infra/scripts. */
  node(script: string, ...args: readonly string[]): Promise<Ended> {
    return this.run(process.execPath, [projectFile('infra/scripts', script), ...args]);
  }

  /** Runs a command in a folder, in time that only waiting makes pass. */
  async run(command: string, args: readonly string[], cwd = projectFile('.')): Promise<Ended> {
    writeFileSync(this.#clock, '0');
    const { port } = await this.#calls;
    const clock = pathToFileURL(projectFile('test/infra/scripts/clock.mjs')).href;
    const env = {
      NODE_OPTIONS: `--import ${clock}`,
      FAKE_AZ: this.#state,
      STAND_IN_PORT: String(port),
      FAKE_CLOCK: this.#clock,
      HOME: this.folder,
      PATH: [this.folder, dirname(process.execPath), process.env['PATH']].join(delimiter),
      ...this.env,
    };
    const ended = await exec(command, [...args], { env, cwd }).then(
      (streams) => ({ code: 0, ...streams }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return {
      code: ended.code,
      stdout: ended.stdout,
      lines: (ended.stdout + ended.stderr).trim().split('\n'),
      waited: Number(readFileSync(this.#clock, 'utf8')),
    };
  }

  remove(): void {
    void this.#calls.then((calls) => calls.close());
    rmSync(this.folder, { recursive: true, force: true });
  }
}
