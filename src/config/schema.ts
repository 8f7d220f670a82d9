/** The configuration file, as a zod schema: the source of the checks, of the types and of the JSON Schema for editors. */
import * as z from 'zod';
import { DATA_FACTORY_SCOPE, DATA_FACTORY_URI_SCOPE } from '../domain/configuration/clouds.js';
import { CHECK_DAG_ID } from '../domain/proof/checkAnswer.js';
import { FACTORY_CHARACTERS, RESOURCE_GROUP_CHARACTERS } from '../domain/values/runtimeId.js';

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID')
  .describe('A GUID.');
const pattern = (characters: string, words: string) =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(new RegExp(`^[${characters}*]+$`, 'u'), `may hold ${words} and * for any run of characters`);
const groupPattern = pattern(RESOURCE_GROUP_CHARACTERS, 'letters and digits of any script, - _ . ( )');
const factoryPattern = pattern(FACTORY_CHARACTERS, 'the letters A to Z, digits, dashes');
const vaultUrl = z
  .string()
  .max(200)
  .describe('URL of a vault, for example https://contoso-airflow.vault.azure.net');
const secretName = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'must be a secret name: letters, digits and dashes, at most 127');

const secretReference = z
  .strictObject({ vault: vaultUrl, name: secretName })
  .describe("A secret of the operator's vault: where it is, never its value.");

const days = (fallback: number, max: number, meaning: string) =>
  z.int().min(1).max(max).default(fallback).describe(`${meaning} Days.`);

const rotation = z.strictObject({
  strategy: z
    .enum(['graph', 'external'])
    .default('external')
    .describe(
      '`graph`: the app mints the next credential; `external`: it moves the runtimes to what somebody else wrote.',
    ),
  rotateBeforeDays: days(30, 700, 'How long before its expiry a credential is rotated.'),
  validityDays: days(180, 730, 'How long a credential lives that the app mints.'),
  overlapHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('How long the old credential stays valid after the new one is in use everywhere. Hours.'),
  failureLimitPercent: z
    .int()
    .min(0)
    .max(100)
    .default(20)
    .describe('Share of the runtimes that may fail after the pilot before all go back. Per cent.'),
  pilot: z.string().max(1024).optional().describe('Resource id of the runtime that goes first.'),
  approval: z
    .strictObject({
      before: z.enum(['pilot', 'removal']).describe('The step that waits for a person.'),
      deadlineHours: z.int().min(1).max(720).default(72).describe('How long it waits. Hours.'),
      otherwise: z.enum(['proceed', 'stop']).default('stop').describe('What happens when nobody answers.'),
    })
    .optional()
    .describe('A step that waits for a person; absent: none.'),
});

export const ROTATION_DEFAULTS = {
  strategy: 'external',
  rotateBeforeDays: 30,
  validityDays: 180,
  overlapHours: 24,
  failureLimitPercent: 20,
} as const;

const credential = z.strictObject({
  tenantId: guid.describe('Tenant of the application.'),
  clientId: guid.describe('Application (client) id of the service principal that Airflow uses.'),
  secret: secretReference.describe('Where the operator keeps the client secret.'),
  rotation: rotation.default(ROTATION_DEFAULTS).describe('How and when it is rotated.'),
});

const runtimePattern = z.strictObject({
  subscription: guid.describe('Subscription id.'),
  resourceGroup: groupPattern.default('*').describe('Resource group; * stands for any run of characters.'),
  factory: factoryPattern.default('*').describe('Data factory.'),
  name: factoryPattern.default('*').describe('Integration runtime.'),
});

const proof = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('challenge').describe('The check DAG answers a challenge: the strong proof.'),
    dagId: z.string().min(1).max(200).default(CHECK_DAG_ID).describe('DAG id of the check DAG.'),
    canary: z
      .string()
      .regex(/^(?!.*--)[0-9A-Za-z_-]{1,80}$/, 'may hold letters, digits, _ and single dashes')
      .default('airlock-canary')
      .describe('Airflow variable name of the canary.'),
  }),
  z.strictObject({
    kind: z.literal('dag').describe("A DAG of your own: its run's success is the proof, a weaker one."),
    dagId: z.string().min(1).max(200).describe('DAG id.'),
  }),
]);

const login = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('entra').describe("A token of the app's identity."),
    scope: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        `Data Factory's own application, by its id (${DATA_FACTORY_SCOPE}, the default) or by its URI (${DATA_FACTORY_URI_SCOPE}); the preflight says which one a runtime accepts.`,
      ),
    acceptScope: z
      .string()
      .optional()
      .describe(
        'Repeats a scope for Resource Manager, Graph or Key Vault, whose token Airflow would then see.',
      ),
  }),
  z.strictObject({
    kind: z.literal('password').describe('Basic authentication; on Airflow 3 a token for it.'),
    userName: z.string().min(1).max(200),
    password: secretReference,
  }),
]);

const access = z.strictObject({
  proof: proof.default({ kind: 'challenge', dagId: CHECK_DAG_ID, canary: 'airlock-canary' }),
  login: login.default({ kind: 'entra' }),
  proveEveryHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('How old the proof of a runtime may be before the next sweep has it checked again. Hours.'),
  trustedOrigin: z
    .string()
    .regex(/^https:\/\/[^/\s]+$/, 'must be https:// and a host, nothing after')
    .optional()
    .describe("Origin of an Airflow web server that is not one of the cloud's own hosts."),
  importDags: z
    .strictObject({
      linkedService: z.string().min(1).max(260).describe('Storage linked service of the factory.'),
      folderPath: z.string().min(1).max(1024).describe('container/folder that holds dags/.'),
    })
    .optional()
    .describe('Import this folder before the check.'),
});

const minutes = (fallback: number, meaning: string) =>
  z.int().min(1).max(1440).default(fallback).describe(`${meaning} Minutes.`);

const limits = z.strictObject({
  changeableMinutes: minutes(60, 'How long to wait until a runtime that is being updated can be changed.'),
  readyMinutes: minutes(90, 'How long to wait until the runtime is ready after the write.'),
  checkMinutes: minutes(30, 'How long the access check may take.'),
  pollSeconds: z
    .int()
    .min(10)
    .max(600)
    .default(60)
    .describe('Pause between two reads of a runtime. Seconds.'),
});

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30');

const maintenance = z.strictObject({
  windows: z
    .array(
      z.strictObject({
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .max(7)
          .describe('Days on which it begins.'),
        start: time.describe('Time of day, for example 22:00.'),
        end: time.describe('Not after start: on the next day.'),
        timeZone: z.string().min(1).max(60).describe('IANA name, for example Europe/Berlin.'),
      }),
    )
    .max(20)
    .default([])
    .describe('When a change may begin that restarts a running Airflow; empty: at any time.'),
  drainMinutes: z
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('How long such a change waits until no task is running. Minutes; absent: it does not wait.'),
});

const prefix = (what: string) =>
  z
    .string()
    .max(80)
    .nullable()
    .describe(
      `What the names of ${what} begin with in the vault: letters, digits, - and _; "" for nothing, null for no look-up.`,
    );

const profile = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'may hold letters, digits, . _ -; at most 63')
    .describe('Name of the profile.'),
  mode: z
    .enum(['observe', 'enable'])
    .default('enable')
    .describe('`observe`: nothing is written; sweeps and dry runs say what would be. `enable`: it is done.'),
  existing: z
    .enum(['report', 'enable'])
    .default('report')
    .describe(
      'Runtimes that the first complete list under this profile shows and the app has not enabled: `report` them until a person enables them, or `enable` one and, once access is proven there, the others.',
    ),
  runtimes: z.array(runtimePattern).min(1).max(100).describe('Which runtimes the profile is for.'),
  vault: vaultUrl.describe('URL of the vault that Airflow reads.'),
  acceptSharedVault: z
    .string()
    .optional()
    .describe(
      "Name of the vault, where it may also hold the operator's secrets: whoever writes DAGs can read them.",
    ),
  connectionsPrefix: prefix('connections').default('airflow-connections'),
  variablesPrefix: prefix('variables').default('airflow-variables'),
  configPrefix: prefix('options of its configuration').optional(),
  separator: z
    .string()
    .regex(/^-{0,3}$/, 'must be empty or one to three dashes: Key Vault names take no other')
    .default('-')
    .describe('What stands between a prefix and a name, and in place of each _.'),
  credential: z.string().min(1).describe('Name of a credential above.'),
  onConflict: z
    .enum(['report', 'replace'])
    .default('report')
    .describe('What to do with settings of somebody else.'),
  containersMayBeEmpty: z
    .boolean()
    .optional()
    .describe(
      'Whether variables, overrides or requirements of which a read shows none are empty. Left out: they are where the app has never seen any.',
    ),
  requirement: z
    .string()
    .max(200)
    .regex(
      /^apache-airflow-providers-microsoft-azure(?:[\s<>=!~;[(].*)?$/i,
      'must be apache-airflow-providers-microsoft-azure, with a version if you like',
    )
    .optional()
    .describe(
      "Requirement to add where none of that name is there. Left out: the release that fits the runtime's Airflow.",
    ),
  access: access.default({
    proof: { kind: 'challenge', dagId: CHECK_DAG_ID, canary: 'airlock-canary' },
    login: { kind: 'entra' },
    proveEveryHours: 24,
  }),
  writeOnly: z
    .strictObject({
      webServerPassword: secretReference.optional(),
      gitCredential: secretReference.optional(),
      variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), secretReference).optional(),
    })
    .default({})
    .describe('Values that a read of the runtime hides and that a write has to send again.'),
  maintenance: maintenance.default({ windows: [] }).describe('When running Airflows may be restarted.'),
  limits: limits.default({ changeableMinutes: 60, readyMinutes: 90, checkMinutes: 30, pollSeconds: 60 }),
});

export const configurationSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  version: z.literal(1).describe('Version of this format.'),
  cloud: z.enum(['public', 'usGovernment', 'china']).default('public').describe('Azure cloud.'),
  retentionDays: z.int().min(1).max(3650).default(30).describe('How long finished runs are kept. Days.'),
  events: z
    .strictObject({
      topic: z
        .string()
        .max(300)
        .describe('Endpoint of a custom topic: https://….eventgrid.azure.net/api/events'),
      schema: z
        .enum(['cloudEvents', 'eventGrid'])
        .default('cloudEvents')
        .describe("The topic's input schema."),
    })
    .optional()
    .describe('Where the app sends its own events; absent: nowhere.'),
  credentials: z
    .record(z.string().min(1).max(63), credential)
    .describe('Service principals, by a name of yours.'),
  profiles: z.array(profile).min(1).max(200).describe('Desired state of your runtimes.'),
});

export type ConfigurationFile = z.output<typeof configurationSchema>;
export type ProfileFile = ConfigurationFile['profiles'][number];
