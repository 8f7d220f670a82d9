/** App settings: the one table of what the app reads from its environment. README and the sample file follow it. */
import { Secret } from '../domain/values/secret.js';
import type { ConfigurationProblem } from './problems.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AppSetting {
  readonly name: string;
  /** Who reads it. */
  readonly reader: 'app' | 'host';
  readonly meaning: string;
  readonly default?: string;
  /** Value in local.settings.sample.json; absent: not in it. */
  readonly sample?: string;
}

export const APP_SETTINGS: readonly AppSetting[] = [
  {
    name: 'AzureWebJobsStorage',
    reader: 'host',
    meaning:
      'Storage of the host and of durable state. In Azure identity-based: `AzureWebJobsStorage__accountName`.',
    sample: 'UseDevelopmentStorage=true',
  },
  { name: 'FUNCTIONS_WORKER_RUNTIME', reader: 'host', meaning: 'Always `node`.', sample: 'node' },
  {
    name: 'AIRLOCK_CONFIG_FILE',
    reader: 'app',
    meaning: "Path of the configuration file, relative to the app's root.",
    default: 'airlock.yaml',
    sample: 'airlock.yaml',
  },
  {
    name: 'AIRLOCK_CONFIG',
    reader: 'app',
    meaning: 'The configuration itself, as YAML or JSON text, instead of a file.',
    sample: '',
  },
  {
    name: 'AIRLOCK_IDENTITY_CLIENT_ID',
    reader: 'app',
    meaning: 'Client id of the user-assigned managed identity to use; without it the system-assigned one.',
    sample: '',
  },
  {
    name: 'AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID',
    reader: 'app',
    meaning:
      "Client id of another user-assigned managed identity, for Airflow's web servers alone; without it the app's own.",
    sample: '',
  },
  {
    name: 'AIRLOCK_HTTP_AUTH',
    reader: 'app',
    meaning:
      '`functionKey`, or `appService` for App Service authentication with the roles reader, operator, approver.',
    default: 'functionKey',
    sample: 'functionKey',
  },
  {
    name: 'AIRLOCK_SIGNING_KEY',
    reader: 'app',
    meaning:
      'What the app signs approvals, changes of an overlap and cancellations with, so that they count only when its own API took them: at least 32 characters of chance, or a Key Vault reference to them. The templates make one. Without it the API refuses the three.',
    sample: '',
  },
  {
    name: 'AIRLOCK_PURGE_SCHEDULE',
    reader: 'app',
    meaning: 'When finished runs older than `retentionDays` are purged (NCRONTAB, UTC). Must be set.',
    sample: '0 30 3 * * *',
  },
  {
    name: 'AIRLOCK_SWEEP_SCHEDULE',
    reader: 'app',
    meaning: 'When the app looks for what no event told (NCRONTAB, UTC). Must be set.',
    sample: '0 15 */6 * * *',
  },
  {
    name: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
    reader: 'host',
    meaning: 'Where logs and telemetry go.',
    sample: '',
  },
  {
    name: 'OTEL_TRACES_SAMPLER',
    reader: 'host',
    meaning:
      'Which traces are kept. The templates set `microsoft.fixed_percentage`: alerts read the log, and the default drops lines.',
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    reader: 'host',
    meaning: 'How many of them, from `0.0` to `1.0`. The templates set `1.0`.',
  },
  {
    name: 'WEBSITE_AUTH_ENABLED',
    reader: 'app',
    meaning: 'Set by App Service where its authentication is on; not by you.',
  },
];

export interface AppSettings {
  readonly httpAuth: 'functionKey' | 'appService';
  readonly identityClientId?: string;
  readonly airflowIdentityClientId?: string;
  /** What instructions to runs are signed with. */
  readonly signingKey?: Secret;
}

/** Client ids of the identities that the settings name. */
export function identitiesIn(env: Environment): readonly string[] {
  return [env['AIRLOCK_IDENTITY_CLIENT_ID'], env['AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID']].flatMap(
    (id) => id || [],
  );
}

const SHORTEST_KEY = 32;

/**
 * The key that instructions are signed with; none where it is short, or a reference that App Service could not resolve.
 * That is no problem of the configuration: rotations go on, and the API says what is missing where it needs the key.
 */
function signingKeyIn({ AIRLOCK_SIGNING_KEY: text = '' }: Environment): Secret | undefined {
  const usable = text.length >= SHORTEST_KEY && !text.startsWith('@Microsoft.KeyVault(');
  return usable ? new Secret(text) : undefined;
}

/** Reads and checks the app settings. */
export function readAppSettings(env: Environment = process.env): {
  readonly settings: AppSettings;
  readonly problems: readonly ConfigurationProblem[];
} {
  const problems: ConfigurationProblem[] = [];
  const find = (source: string, message: string, remedy: string) =>
    problems.push({ source, path: '', message, remedy });
  const auth = env['AIRLOCK_HTTP_AUTH'] || 'functionKey';
  if (auth !== 'functionKey' && auth !== 'appService') {
    find(
      'AIRLOCK_HTTP_AUTH',
      `It is neither functionKey nor appService.`,
      'Set it to one of the two, or remove it.',
    );
  }
  if (auth === 'appService' && env['WEBSITE_AUTH_ENABLED']?.toLowerCase() !== 'true') {
    find(
      'AIRLOCK_HTTP_AUTH',
      'It is appService, but App Service authentication is off: anybody could forge a principal.',
      'Turn App Service authentication on, or set AIRLOCK_HTTP_AUTH to functionKey.',
    );
  }
  const clientIdIn = (name: string): string | undefined => {
    const clientId = env[name] || undefined;
    if (clientId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)) {
      find(name, 'It is not a GUID.', "Set it to the identity's client id, not its name or object id.");
    }
    return clientId;
  };
  const identityClientId = clientIdIn('AIRLOCK_IDENTITY_CLIENT_ID');
  const airflowIdentityClientId = clientIdIn('AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID');
  const signingKey = signingKeyIn(env);
  return {
    settings: {
      httpAuth: auth === 'appService' ? 'appService' : 'functionKey',
      ...(identityClientId === undefined ? {} : { identityClientId }),
      ...(airflowIdentityClientId === undefined ? {} : { airflowIdentityClientId }),
      ...(signingKey ? { signingKey } : {}),
    },
    problems,
  };
}
