import { CLOUDS, type Cloud, isTopicUrl, judgeVaultUrl } from '../domain/configuration/clouds.js';
import type { Credential, SecretReference } from '../domain/configuration/credential.js';
import type {
  AccessCheckSettings,
  AirflowLogin,
  Configuration,
  EventTopic,
  Profile,
} from '../domain/configuration/profile.js';
import { sameId } from '../domain/values/sameId.js';
import { KINDS } from '../runtimes/kinds.js';
import type { Agreed } from './agreed.js';
import { inSeconds } from './inSeconds.js';
import { maintenanceOf } from './maintenance.js';
import { nameFindings, requirementFindings } from './names.js';
import type { Finding, Path } from './problems.js';
import { NO_ROTATION, rotationFindings, rotationSettings } from './rotation.js';
import type { ConfigurationFile, CredentialFile, ProfileFile } from './schema.js';
import { opensMoreThanAirflow, signInScope } from './signInScope.js';

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
  const { $schema, version, credentials: ofCredentials, profiles: ofProfiles, events, ...asWritten } = file;
  const credentials = new Map<string, Credential>();
  for (const [name, credential] of Object.entries(ofCredentials)) {
    const path = ['credentials', name];
    resolver.notOwn(credential.clientId, own, [...path, 'clientId']);
    credentials.set(name, resolver.credential(name, credential, path));
  }
  const profiles = ofProfiles.map((profile, index) =>
    resolver.profile(profile, ['profiles', index], credentials),
  );
  resolver.compareProfiles(profiles);
  const topic = resolver.topic(events);
  const findings = [...resolver.findings, ...rotationFindings([...credentials.values()], profiles)];
  return {
    configuration: {
      ...(asWritten satisfies Agreed<
        typeof asWritten,
        Omit<Configuration, 'credentials' | 'profiles' | 'events'>
      >),
      credentials: [...credentials.values()],
      profiles,
      ...(topic ? { events: topic } : {}),
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

  secret(reference: SecretReference, path: Path): SecretReference {
    return { vault: this.#vault(reference.vault, [...path, 'vault']), name: reference.name };
  }

  credential(name: string, file: CredentialFile, path: Path): Credential {
    const { secret, rotation, ...asWritten } = file;
    return {
      name,
      ...(asWritten satisfies Agreed<typeof asWritten, Omit<Credential, 'name' | 'secret' | 'rotation'>>),
      secret: this.secret(secret, [...path, 'secret']),
      rotation: rotationSettings(rotation),
    };
  }

  profile(file: ProfileFile, path: Path, credentials: ReadonlyMap<string, Credential>): Profile {
    const { acceptSharedVault, runtimes, vault, credential, access, writeOnly, limits, ...others } = file;
    const { maintenance: ofMaintenance, ...asWritten } = others;
    const { maintenance, findings } = maintenanceOf(ofMaintenance, [...path, 'maintenance']);
    const bounds = inSeconds(limits);
    const profile: Profile = {
      ...(asWritten satisfies Agreed<
        typeof asWritten,
        Omit<Profile, 'runtimes' | 'vault' | 'credential' | 'access' | 'writeOnly' | 'limits' | 'maintenance'>
      >),
      runtimes: runtimes.map((entry) => KINDS.pattern(entry)),
      credential: this.#named(credential, credentials, [...path, 'credential']),
      vault: this.#vault(vault, [...path, 'vault']),
      access: this.#access(access, runtimes, [...path, 'access']),
      writeOnly: this.#writeOnly(writeOnly satisfies Agreed<typeof writeOnly, Profile['writeOnly']>, [
        ...path,
        'writeOnly',
      ]),
      limits: bounds satisfies Agreed<typeof bounds, Profile['limits']>,
      maintenance,
    };
    this.findings.push(...findings, ...nameFindings(file, path), ...requirementFindings(file, path));
    this.#separateVaults(profile, acceptSharedVault, path);
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
    const { topic: url, ...asWritten } = file;
    return { url, ...(asWritten satisfies Agreed<typeof asWritten, Omit<EventTopic, 'url'>>) };
  }

  /** Two profiles that could both match one runtime, and names that are taken twice. */
  compareProfiles(profiles: readonly Profile[]): void {
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
          if (!earlier.runtimes.some((other) => other.overlaps(pattern))) return;
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

  /** The credential of that name; where there is none, one that stands for it until the file is refused. */
  #named(name: string, credentials: ReadonlyMap<string, Credential>, path: Path): Credential {
    const credential = credentials.get(name);
    if (credential) return credential;
    const known = [...credentials.keys()].join(', ') || 'none';
    this.#find(path, `There is no credential ${name} (there are: ${known}).`, 'Name one of `credentials`.');
    return { name, tenantId: '', clientId: '', secret: { vault: '', name: '' }, rotation: NO_ROTATION };
  }

  #access(
    { login, proof, ...others }: ProfileFile['access'],
    runtimes: ProfileFile['runtimes'],
    path: Path,
  ): AccessCheckSettings {
    const check = inSeconds(others);
    return {
      ...(check satisfies Agreed<typeof check, Omit<AccessCheckSettings, 'login' | 'proof'>>),
      proof,
      login: this.#login(login, runtimes, [...path, 'login']),
    };
  }

  #writeOnly({ variables, ...others }: Profile['writeOnly'], path: Path): Profile['writeOnly'] {
    return {
      ...this.#secrets(others, path),
      ...(variables ? { variables: this.#secrets(variables, [...path, 'variables']) } : {}),
    };
  }

  #secrets<References extends Readonly<Record<string, SecretReference>>>(
    references: References,
    path: Path,
  ): References {
    const judged = Object.entries(references).map(([name, reference]) => [
      name,
      this.secret(reference, [...path, name]),
    ]);
    return Object.fromEntries(judged) as References;
  }

  #login(login: ProfileFile['access']['login'], runtimes: ProfileFile['runtimes'], path: Path): AirflowLogin {
    if (login.kind === 'password') {
      return {
        kind: 'password',
        userName: login.userName,
        password: this.secret(login.password, [...path, 'password']),
      };
    }
    const scope = signInScope(login, runtimes, this.cloud);
    if (opensMoreThanAirflow(scope, this.cloud) && login.acceptScope !== scope) {
      this.#find(
        [...path, 'scope'],
        `A token for ${scope} would be seen by the plugins of whoever writes DAGs, and opens far more than Airflow.`,
        `Leave scope out; if the runtime takes no other, add acceptScope: ${scope}.`,
      );
    }
    return { kind: 'entra', scope };
  }

  #separateVaults(profile: Profile, accepted: string | undefined, path: Path): void {
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
    if (accepted === name) return;
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
