/** What goes wrong on the way, each with where it was seen. */
import type { LocalKernel } from '../../../local/kernel/kernel.js';
import { vaultHost } from '../../../local/sample/names.js';
import { putUsersCredential } from '../cloud/cloud.js';
import { AIRFLOW_VAULT, DEPLOYER, OTHER_SUBSCRIPTION, OTHER_TENANT } from '../cloud/names.js';
import { type RehearsalContext, SUBSCRIPTIONS } from '../context.js';
import type { Variables } from '../machine/machine.js';
import type { Edit } from '../machine/project.js';

export interface Misbehaviour {
  readonly name: string;
  /** Where it was seen. */
  readonly record: string;
  /** What of the user's project is wrong; it is put right with `repair`. */
  readonly edits?: readonly Edit[];
  /** The user spoils it only after the first command by hand, and before the workflow. */
  readonly editsBetween?: true;
  /** What azd's environment holds; it is put right with `repair`. */
  readonly environment?: { readonly wrong: Variables; readonly right: Variables };
  /** The user has not put Airflow's client secret into the vault; done with `repair`. */
  readonly withoutCredential?: boolean;
  /** `azd down` comes between the two runs. */
  readonly downBetween?: boolean;
  /** Begins it. */
  begin?(context: RehearsalContext): void;
  /** The user takes the cause away, as the sentence says. */
  repair?(context: RehearsalContext): void;
}

/** Role assignments take effect so late, seconds: most often, and at times. */
const ROLE_SECONDS = 170;
const LONG_ROLE_SECONDS = 420;
/** Functions are indexed so late, seconds. */
const INDEX_SECONDS = 200;

const refused = (kernel: LocalKernel, subject: string, code: string, message: string, times?: number) =>
  kernel.faults.add({
    match: { service: 'arm', operation: 'deployments.write', subject },
    action: { kind: 'status', status: 403, body: { error: { code, message } } },
    ...(times === undefined ? {} : { times }),
  });

const killed = (after: string): Misbehaviour => ({
  name: `azd is killed after ${after}`,
  record: 'a laptop that goes to sleep, a runner that is cancelled',
  begin({ faults }) {
    faults.killAfter = after;
  },
});

export const STRAIGHT: Misbehaviour = { name: 'nothing', record: '' };

export const DOWN: Misbehaviour = {
  name: 'azd down, and then the same again',
  record: 'somebody who tries it out',
  downBetween: true,
};

export const MANGLED: Misbehaviour = {
  name: 'output names come back in another case',
  record: 'Azure/bicep#9360, Azure/azure-dev#512',
  begin({ faults }) {
    faults.mangleOutputs = true;
  },
};

export const WARNINGS: Misbehaviour = {
  name: 'az warns on standard error at every call',
  record: 'Azure/azure-cli: upgrades, extensions, Bicep releases',
  begin({ faults }) {
    faults.warnings = true;
  },
};

const forbidden = (times: number): Misbehaviour => ({
  name: `403 at the first ${times === 1 ? 'upload' : `${times} uploads`}`,
  record: 'Azure/azure-dev#8026: roles on storage spread',
  begin({ faults }) {
    faults.uploads = Array.from({ length: times }, () => 'forbidden');
  },
});
export const FORBIDDEN_ONCE = forbidden(1);
export const FORBIDDEN_TWICE = forbidden(2);

export const PARTLY: Misbehaviour = {
  name: 'an upload ends "partially successful" once',
  record: 'Azure/azure-cli-extensions#9992',
  begin({ faults }) {
    faults.uploads = ['partly'];
  },
};

export const LATE_INDEX: Misbehaviour = {
  name: `functions are indexed after ${INDEX_SECONDS} s`,
  record: 'Azure/bicep#11656: Destination endpoint not found',
  begin({ cloud }) {
    cloud.azure.deployments.configure({ indexSeconds: INDEX_SECONDS });
  },
};

const lateRoles = (roleSeconds: number): Misbehaviour => ({
  name: `roles take effect after ${roleSeconds} s`,
  record: 'Azure/bicep-registry-modules#5205, Azure/azure-dev#8026',
  begin({ cloud }) {
    cloud.azure.deployments.configure({ roleSeconds });
  },
});
export const LATE_ROLES = lateRoles(ROLE_SECONDS);
export const LATER_ROLES = lateRoles(LONG_ROLE_SECONDS);

export const IDENTITY_REFUSED: Misbehaviour = {
  name: 'Event Grid refuses its identity once more',
  record: 'Azure/bicep-registry-modules#5205: its check races roles',
  begin({ cloud }) {
    const message =
      'The managed identity does not have the permission on the destination: Managed Identity Authorization Error.';
    refused(cloud.kernel, '/eventSubscriptions/', 'Managed Identity Authorization Error', message, 1);
  },
};

export const OTHER_DEFAULT: Misbehaviour = {
  name: 'az is signed in to another subscription',
  record: 'Azure/go-shuttle#35, microsoft/cobalt#290',
  begin({ signIn }) {
    signIn.subscriptions = SUBSCRIPTIONS.toReversed();
  },
};

export const ANOTHER_TENANT: Misbehaviour = {
  name: 'az is signed in to another tenant',
  record: 'JoranBergfeld/sre-agent-workshop#18',
  begin({ signIn }) {
    signIn.subscriptions = [{ id: OTHER_SUBSCRIPTION, tenantId: OTHER_TENANT }];
  },
  repair({ signIn }) {
    signIn.subscriptions = SUBSCRIPTIONS;
  },
};

export const POLICY: Misbehaviour = {
  name: 'a policy of the tenant refuses the storage account',
  record: 'RequestDisallowedByPolicy: from documentation',
  begin({ cloud }) {
    const message =
      'Resource \'st\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Require a tag on resources"}}]\'.';
    refused(cloud.kernel, 'Microsoft.Storage/storageAccounts/st', 'RequestDisallowedByPolicy', message);
  },
  repair({ cloud }) {
    cloud.kernel.faults.clear();
  },
};

export const NO_GRAPH: Misbehaviour = {
  name: 'the deployer may not grant in Microsoft Graph',
  record: 'needs Privileged Role Administrator: documentation',
  begin({ cloud }) {
    const { directory } = cloud.azure;
    directory.revokeGraph(DEPLOYER, 'AppRoleAssignment.ReadWrite.All');
  },
  repair({ cloud }) {
    cloud.azure.directory.grantGraph(DEPLOYER, 'AppRoleAssignment.ReadWrite.All');
  },
};

export const ACCESS_POLICIES: Misbehaviour = {
  name: 'a vault works with access policies',
  record: 'the default of vaults before 2026',
  begin: ({ cloud }) => cloud.azure.keyVault.setAccessModel(vaultHost(AIRFLOW_VAULT), false),
  repair: ({ cloud }) => cloud.azure.keyVault.setAccessModel(vaultHost(AIRFLOW_VAULT), true),
};

export const NO_SECRET: Misbehaviour = {
  name: 'the secret of a credential is missing',
  record: 'README, "Deploy": you set it',
  withoutCredential: true,
  repair: ({ cloud }) => putUsersCredential(cloud),
};

export const NO_READER: Misbehaviour = {
  name: 'main.bicepparam names no reader yet',
  record: 'the file as it comes',
  edits: [
    {
      file: 'infra/main.bicepparam',
      from: '    readers: [',
      to: "    readers: ['00000000-0000-0000-0000-000000000000'] // [",
    },
  ],
};

export const WRONG_CONFIGURATION: Misbehaviour = {
  name: 'airlock.yaml has a typing error',
  record: 'by hand',
  edits: [
    {
      file: 'airlock.yaml',
      from: '    credential: airflow-reader\n',
      to: '    credential: airflow-raeder\n',
    },
  ],
};

/** The commands by hand check the configuration, too: what is spoiled after them the workflow alone can find. */
export const WRONG_BETWEEN: Misbehaviour = {
  ...WRONG_CONFIGURATION,
  name: 'airlock.yaml gets a typing error later',
  editsBetween: true,
};

export const EMPTY_FLAG: Misbehaviour = {
  name: 'AIRLOCK_SUBSCRIBE is set to nothing',
  record: 'by hand',
  environment: { wrong: { AIRLOCK_SUBSCRIBE: '' }, right: { AIRLOCK_SUBSCRIBE: 'false' } },
};

const STEPS = ['package', 'preprovision', 'provision', 'postprovision', 'deploy', 'second provision'];
export const KILLS = STEPS.map(killed);
/** Nothing is subscribed then, and nothing may say so. */
export const KILLED_BEFORE_SUBSCRIBING = killed('second preprovision');
