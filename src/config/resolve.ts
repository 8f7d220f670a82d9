import {
  CLOUDS,
  type Cloud,
  DATA_FACTORY_SCOPE,
  isTopicUrl,
  judgeVaultUrl,
} from '../domain/configuration/clouds.js';
import type { Credential, SecretReference } from '../domain/configuration/credential.js';
import type { AirflowLogin, Configuration, EventTopic, Profile } from '../domain/configuration/profile.js';
import { patternsOverlap } from '../domain/configuration/profileMatching.js';
import { sameId } from '../domain/values/sameId.js';
import { maintenanceOf } from './maintenance.js';
import { nameFindings, requirementFindings } from './names.js';
import type { Finding, Path } from './problems.js';
import { NO_ROTATION, rotationFindings, rotationSettings } from './rotation.js';
import type { ConfigurationFile, ProfileFile } from './schema.js';

/**
 * Turns a file of the right shape into the configuration, and finds what does not fit together.
 *
 * @param own client ids of the app's identities
 */
export function resolveConfiguration(
  file: ConfigurationFile,
  own: readonly string[],
): {
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
} {
  const resolver = new Resolver(CLOUDS[file.cloud]);
  const credentials = new Map<string, Credential>();
  for (const [name, { tenantId, clientId, secret, rotation }] of Object.entries(file.credentials)) {
    const path = ['credentials', name];
    resolver.notOwn(clientId, own, [...path, 'clientId']);
    credentials.set(name, {
      name,
      tenantId,
      clientId,
      secret: resolver.secret(secret, [...path, 'secret']),
      rotation: rotationSettings(rotation),
    });
  }
  const profiles = file.profiles.map((profile, index) =>
    resolver.profile(profile, ['profiles', index], credentials),
  );
  resolver.compareProfiles(file.profiles);
  const events = resolver.topic(file.events);
  const findings = [...resolver.findings, ...rotationFindings([...credentials.values()], profiles)];
  return {
    configuration: {
      cloud: file.cloud,
      retentionDays: file.retentionDays,
      credentials: [...credentials.values()],
      profiles,
      ...(events ? { events } : {}),
    },
    findings,
  };
}

class Resolver {
  readonly findings: Finding[] = [];

  constructor(private readonly cloud: Cloud) {}

  /** Whoever writes DAGs holds what the credential may do. */
  notOwn(clientId: string, own: readonly string[], path: Path): void {
    if (!own.some((id) => sameId(id, clientId))) return;
    this.#find(
      path,
      `${clientId} is the app's own identity: DAG authors would hold everything that the app may do.`,
      'Register an application of its own for Airflow, with Key Vault Secrets User on the vault that it reads.',
    );
  }

  secret(reference: { vault: string; name: string }, path: Path): SecretReference {
    return { vault: this.#vault(reference.vault, [...path, 'vault']), name: reference.name };
  }

  profile(file: ProfileFile, path: Path, credentials: ReadonlyMap<string, Credential>): Profile {
    const credential = credentials.get(file.credential);
    if (!credential) {
      const known = [...credentials.keys()].join(', ') || 'none';
      this.#find(
        [...path, 'credential'],
        `There is no credential ${file.credential} (there are: ${known}).`,
        'Name one of `credentials`.',
      );
    }
    const { trustedOrigin, importDags, proof } = file.access;
    const { webServerPassword, gitCredential, variables } = file.writeOnly;
    const at = [...path, 'writeOnly'];
    const { maintenance, findings } = maintenanceOf(file.maintenance, [...path, 'maintenance']);
    const profile: Profile = {
      name: file.name,
      mode: file.mode,
      existing: file.existing,
      runtimes: file.runtimes,
      vault: this.#vault(file.vault, [...path, 'vault']),
      connectionsPrefix: file.connectionsPrefix,
      variablesPrefix: file.variablesPrefix,
      ...(file.configPrefix === undefined ? {} : { configPrefix: file.configPrefix }),
      separator: file.separator,
      credential: credential ?? {
        name: file.credential,
        tenantId: '',
        clientId: '',
        secret: { vault: '', name: '' },
        rotation: NO_ROTATION,
      },
      onConflict: file.onConflict,
      ...(file.containersMayBeEmpty === undefined ? {} : { containersMayBeEmpty: file.containersMayBeEmpty }),
      ...(file.requirement === undefined ? {} : { requirement: file.requirement }),
      access: {
        proof,
        login: this.#login(file.access.login, [...path, 'access', 'login']),
        proveEverySeconds: file.access.proveEveryHours * 3600,
        ...(trustedOrigin === undefined ? {} : { trustedOrigin }),
        ...(importDags === undefined ? {} : { importDags }),
      },
      writeOnly: {
        ...(webServerPassword
          ? { webServerPassword: this.secret(webServerPassword, [...at, 'webServerPassword']) }
          : {}),
        ...(gitCredential ? { gitCredential: this.secret(gitCredential, [...at, 'gitCredential']) } : {}),
        ...(variables
          ? {
              variables: Object.fromEntries(
                Object.entries(variables).map(([name, reference]) => [
                  name,
                  this.secret(reference, [...at, 'variables', name]),
                ]),
              ),
            }
          : {}),
      },
      limits: {
        changeableSeconds: file.limits.changeableMinutes * 60,
        readySeconds: file.limits.readyMinutes * 60,
        checkSeconds: file.limits.checkMinutes * 60,
        pollSeconds: file.limits.pollSeconds,
      },
      maintenance,
    };
    this.findings.push(...findings, ...nameFindings(file, path), ...requirementFindings(file, path));
    this.#separateVaults(profile, file, path);
    return profile;
  }

  topic(file: ConfigurationFile['events']): EventTopic | undefined {
    if (!file) return undefined;
    if (!isTopicUrl(file.topic, this.cloud)) {
      this.#find(
        ['events', 'topic'],
        `${file.topic.slice(0, 120)} is not the endpoint of a custom topic of ${this.cloud.title}.`,
        `Copy the topic's endpoint from the portal: https://….eventgrid… ending in ${this.cloud.topicSuffix}/api/events.`,
      );
    }
    return { url: file.topic, schema: file.schema };
  }

  /** Two profiles that could both match one runtime, and names that are taken twice. */
  compareProfiles(profiles: readonly ProfileFile[]): void {
    profiles.forEach((later, index) => {
      for (const [earlierIndex, earlier] of profiles.slice(0, index).entries()) {
        if (earlier.name.toLowerCase() === later.name.toLowerCase()) {
          this.#find(
            ['profiles', index, 'name'],
            `The name ${later.name} is taken by profiles[${earlierIndex}].`,
            'Choose another name.',
          );
        }
        later.runtimes.forEach((pattern, at) => {
          if (!earlier.runtimes.some((other) => patternsOverlap(other, pattern))) return;
          this.#find(
            ['profiles', index, 'runtimes', at],
            `A runtime could match both ${later.name} and ${earlier.name}.`,
            `Narrow the patterns of one of the two, so that no runtime fits both.`,
          );
        });
      }
    });
  }

  #vault(text: string, path: Path): string {
    const judged = judgeVaultUrl(text, this.cloud);
    if (judged.ok) return judged.uri;
    this.#find(
      path,
      `${text.slice(0, 120)} is not a vault that the app can use: ${judged.why}.`,
      `Give a URL such as https://contoso-airflow${this.cloud.vaultSuffix}.`,
    );
    return '';
  }

  #login(login: ProfileFile['access']['login'], path: Path): AirflowLogin {
    if (login.kind === 'password') {
      return {
        kind: 'password',
        userName: login.userName,
        password: this.secret(login.password, [...path, 'password']),
      };
    }
    const scope = login.scope ?? DATA_FACTORY_SCOPE;
    const { resourceManagerScope, graphScope, vaultScope } = this.cloud;
    const origin = (text: string): string => (URL.canParse(text) ? new URL(text).host : text);
    const powerful = [
      resourceManagerScope,
      graphScope,
      vaultScope,
      'https://management.core.windows.net/.default',
    ];
    if (powerful.map(origin).includes(origin(scope)) && login.acceptScope !== scope) {
      this.#find(
        [...path, 'scope'],
        `A token for ${scope} would be seen by the plugins of whoever writes DAGs, and opens far more than Airflow.`,
        `Leave scope out; if the runtime takes no other, add acceptScope: ${scope}.`,
      );
    }
    return { kind: 'entra', scope };
  }

  #separateVaults(profile: Profile, file: ProfileFile, path: Path): void {
    const { login } = profile.access;
    const operators = [
      profile.credential.secret,
      ...(login.kind === 'password' ? [login.password] : []),
      profile.writeOnly.webServerPassword,
      profile.writeOnly.gitCredential,
      ...Object.values(profile.writeOnly.variables ?? {}),
    ];
    const shared = profile.vault !== '' && operators.some((secret) => secret?.vault === profile.vault);
    if (!shared) return;
    const name = new URL(profile.vault).hostname.split('.')[0] ?? '';
    if (file.acceptSharedVault === name) return;
    this.#find(
      [...path, 'vault'],
      `The vault ${name} that Airflow reads also holds the operator's secrets: whoever writes DAGs could read them.`,
      `Keep them in a vault of their own; or accept it by name: acceptSharedVault: ${name}.`,
    );
  }

  #find(path: Path, message: string, remedy: string): void {
    this.findings.push({ path, message, remedy });
  }
}
