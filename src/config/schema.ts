/** The configuration file, as a zod schema: the source of the checks, of the types and of the JSON Schema for editors. */
import * as z from 'zod';
import { CLOUDS } from '../domain/configuration/clouds.js';
import { WEEKDAYS } from '../domain/configuration/maintenance.js';
import { access } from './accessSchema.js';
import { guid, secretReference, vaultUrl } from './fields.js';
import { ofAnyKind } from './kindSchemas.js';
import { ROTATION_DEFAULTS, rotation } from './rotationSchema.js';
import { wordsOf } from './wordsOf.js';

const credential = z.strictObject({
  tenantId: guid.describe('Tenant of the application.'),
  clientId: guid.describe('Application (client) id of the service principal that Airflow uses.'),
  secret: secretReference.describe('Where the operator keeps the client secret.'),
  rotation: rotation.default(ROTATION_DEFAULTS).describe('How and when it is rotated.'),
});

const runtimePattern = ofAnyKind(({ configuration }) => configuration.pattern);

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
    .describe('Pause between two reads of a runtime; up to four times that in a long wait. Seconds.'),
});

/** The week of the file begins with Monday. */
const DAYS = [...WEEKDAYS.slice(1), ...WEEKDAYS.slice(0, 1)];

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30');

const maintenance = z.strictObject({
  windows: z
    .array(
      z.strictObject({
        days: z.array(z.enum(DAYS)).min(1).max(7).describe('Days on which it begins.'),
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
    .exactOptional()
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
    .exactOptional()
    .describe(
      "Name of the vault, where it may also hold the operator's secrets: whoever writes DAGs can read them.",
    ),
  connectionsPrefix: prefix('connections').default('airflow-connections'),
  variablesPrefix: prefix('variables').default('airflow-variables'),
  configPrefix: prefix('options of its configuration').exactOptional(),
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
    .exactOptional()
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
    .exactOptional()
    .describe(
      "Requirement to add where none of that name is there. Left out: the release that fits the runtime's Airflow.",
    ),
  access: access.default(access.parse({})),
  writeOnly: z
    .strictObject({
      webServerPassword: secretReference.exactOptional(),
      gitCredential: secretReference.exactOptional(),
      variables: z
        .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), secretReference)
        .exactOptional(),
    })
    .default({})
    .describe('Values that a read of the runtime hides and that a write has to send again.'),
  maintenance: maintenance.default(maintenance.parse({})).describe('When running Airflows may be restarted.'),
  limits: limits.default(limits.parse({})),
});

export const configurationSchema = z.strictObject({
  $schema: z.string().exactOptional().describe('For editors.'),
  version: z.literal(1).describe('Version of this format.'),
  cloud: wordsOf(CLOUDS).default('public').describe('Azure cloud.'),
  retentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe(
      'How long finished runs are kept, but those that nobody asked for and that found nothing to do: three days. Days.',
    ),
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
    .exactOptional()
    .describe('Where the app sends its own events; absent: nowhere.'),
  credentials: z
    .record(z.string().min(1).max(63), credential)
    .describe('Service principals, by a name of yours.'),
  profiles: z.array(profile).min(1).max(200).describe('Desired state of your runtimes.'),
});

export type ConfigurationFile = z.output<typeof configurationSchema>;
export type ProfileFile = ConfigurationFile['profiles'][number];
export type CredentialFile = ConfigurationFile['credentials'][string];
