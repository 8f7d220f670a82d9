/**
 * What a profile demands of one runtime's body, setting by setting: the common ground of the plan (what is shown) and
 * the merge (what is written), so that the two can never disagree.
 */
import {
  BACKEND,
  BACKEND_CLASS,
  BACKEND_KWARGS,
  CLIENT_ID,
  CLIENT_SECRET,
  mergedKwargs,
  overridesBackend,
  PROVIDER_PACKAGE,
  TENANT_ID,
} from './backendSettings.js';
import { MARKER_VARIABLE } from './checkAnswer.js';
import * as conflicts from './conflicts.js';
import { equalJson, isJsonObject, type Json, type JsonObject, parseJson } from './json.js';
import { examineKwargs } from './kwargs.js';
import type { Conflict, CredentialVersion, PlannedSetting, SecretComparison } from './plan.js';
import type { Profile } from './profile.js';
import { findRequirement, listRequirements } from './requirements.js';
import { airflowProperties, isMasked } from './runtimeBody.js';

export const ENVIRONMENT = 'airflowEnvironmentVariables';
export const OVERRIDES = 'airflowConfigurationOverrides';
export const REQUIREMENTS = 'airflowRequirements';
export type Container = typeof ENVIRONMENT | typeof OVERRIDES;

/** What happens to one variable. A value of `secret` is put in by the merge alone. */
export type VariableChange =
  | { readonly container: Container; readonly name: string; readonly value: string }
  | { readonly container: Container; readonly name: string; readonly secret: true }
  | { readonly container: Container; readonly name: string; readonly remove: true };

export interface Draft {
  readonly settings: readonly PlannedSetting[];
  readonly conflicts: readonly Conflict[];
  readonly variables: readonly VariableChange[];
  readonly addsRequirement: boolean;
  /** The kwargs as they would be after the write. */
  readonly kwargs: JsonObject;
}

export interface DraftInput {
  readonly profile: Profile;
  readonly credential: CredentialVersion;
  readonly body: JsonObject;
  readonly secretComparison: SecretComparison;
}

/** Compares a runtime's body with its profile. Never throws, whatever the body is. */
export function draftChanges({ profile, credential, body, secretComparison }: DraftInput): Draft {
  const airflow = airflowProperties(body) ?? {};
  const drafting = new Drafting(profile, airflow);
  if (!drafting.readable) return drafting.done({});

  drafting.requirement();
  const kwargs = drafting.backend();
  drafting.principal(CLIENT_ID, profile.credential.clientId);
  drafting.principal(TENANT_ID, profile.credential.tenantId);
  drafting.clientSecret(credential, secretComparison);
  drafting.plain(ENVIRONMENT, MARKER_VARIABLE, credential.credentialId, 'names the credential by id');
  drafting.others();
  return drafting.done(kwargs);
}

class Drafting {
  readonly readable: boolean;
  readonly #settings: PlannedSetting[] = [];
  readonly #conflicts: Conflict[] = [];
  readonly #variables: VariableChange[] = [];
  #addsRequirement = false;
  readonly #replace: boolean;
  readonly #containers: Readonly<Record<Container, JsonObject>>;

  constructor(
    private readonly profile: Profile,
    private readonly airflow: JsonObject,
  ) {
    this.#replace = profile.onConflict === 'replace';
    const shapes = [ENVIRONMENT, OVERRIDES, REQUIREMENTS].filter((key) => !readableShape(key, airflow[key]));
    for (const key of shapes) this.#conflicts.push(conflicts.unreadableSettings(key));
    this.readable = shapes.length === 0;
    this.#containers = {
      [ENVIRONMENT]: members(airflow[ENVIRONMENT]),
      [OVERRIDES]: members(airflow[OVERRIDES]),
    };
  }

  done(kwargs: JsonObject): Draft {
    return {
      settings: this.#settings,
      conflicts: this.#conflicts,
      variables: this.#variables,
      addsRequirement: this.#addsRequirement,
      kwargs,
    };
  }

  requirement(): void {
    const there = findRequirement(this.airflow[REQUIREMENTS], PROVIDER_PACKAGE);
    this.#addsRequirement = there === undefined;
    this.#settings.push({
      setting: 'requirement',
      where: REQUIREMENTS,
      ...(there === undefined
        ? { kind: 'add', after: this.profile.requirement, why: 'the back end is part of this provider' }
        : { kind: 'keep', before: there, why: 'the provider is there; its pin stays' }),
    });
  }

  /** The class and its kwargs; returns the kwargs as they would be. */
  backend(): JsonObject {
    const home = this.#home(BACKEND);
    const there = this.#containers[home][BACKEND];
    if (there === undefined || there === '' || there === null) {
      this.plain(home, BACKEND, BACKEND_CLASS, 'the Key Vault back end');
    } else if (there === BACKEND_CLASS || this.#takeOver(conflicts.otherBackend(there))) {
      this.plain(home, BACKEND, BACKEND_CLASS, 'the Key Vault back end');
    }
    return this.#kwargs();
  }

  #kwargs(): JsonObject {
    const home = this.#home(BACKEND_KWARGS);
    const there = this.#containers[home][BACKEND_KWARGS];
    const examined = examineKwargs(there, this.profile);
    const accepted = examined.conflicts.map((conflict) => this.#takeOver(conflict)).every(Boolean);
    const wanted = mergedKwargs(examined.kwargs, this.profile);
    if (!accepted) return examined.kwargs;
    const text = JSON.stringify(wanted);
    const equal = typeof there === 'string' && equalJson(parseJson(there) ?? null, wanted);
    const words = 'which vault and which names; your other kwargs stay';
    if (equal) this.#keep(home, BACKEND_KWARGS, words, there);
    else this.#set(home, BACKEND_KWARGS, text, words, examined.shown);
    return wanted;
  }

  principal(name: string, wanted: string): void {
    const there = this.#containers[ENVIRONMENT][name];
    const other = typeof there === 'string' && there !== '' && !isMasked(there);
    if (other && there.toLowerCase() === wanted.toLowerCase()) {
      this.#keep(ENVIRONMENT, name, 'the principal that reads the vault', there);
    } else if (!other || this.#takeOver(conflicts.otherPrincipal(name, there))) {
      this.#set(ENVIRONMENT, name, wanted, 'the principal that reads the vault', other ? there : undefined);
    }
  }

  clientSecret(credential: CredentialVersion, comparison: SecretComparison): void {
    const marked = this.#containers[ENVIRONMENT][MARKER_VARIABLE] === credential.credentialId;
    // A service that hides the value, or leaves it out, shows the marker all the same: writing again would change
    // nothing but restart Airflow, and again at the event of that write.
    const same = comparison === 'same' || (marked && comparison !== 'different');
    const kind = same ? 'keep' : comparison === 'absent' ? 'add' : 'change';
    const why = {
      same: 'it is the credential that the vault holds',
      different: 'it is not the credential that the vault holds',
      unreadable: marked
        ? 'the service hides it; the marker names the credential that the vault holds'
        : 'the service hides it, and no marker names the credential',
      absent: marked
        ? 'the service leaves it out; the marker names the credential that the vault holds'
        : 'the secret of the principal',
    }[comparison];
    this.#settings.push({ setting: CLIENT_SECRET, where: ENVIRONMENT, kind, why });
    // A write sends every value again: also a kept one, since what a read hides must not go back as it came.
    this.#variables.push({ container: ENVIRONMENT, name: CLIENT_SECRET, secret: true });
  }

  plain(container: Container, name: string, wanted: string, why: string): void {
    const there = this.#containers[container][name];
    if (there === wanted) this.#keep(container, name, why, wanted);
    else this.#set(container, name, wanted, why, typeof there === 'string' ? there : undefined);
  }

  /** Settings of somebody else: those that would win over ours, and those that a write would lose. */
  others(): void {
    for (const container of [ENVIRONMENT, OVERRIDES] as const) {
      for (const [name, value] of Object.entries(this.#containers[container])) {
        if (overridesBackend(name)) {
          if (this.#takeOver(conflicts.overridingSetting(name))) this.#remove(container, name);
        } else if (isMasked(value) && !this.#owns(name) && !this.profile.writeOnly.variables?.[name]) {
          // Not to be taken over: the value is nobody's but the user's, and a write without it destroys it.
          this.#conflicts.push(conflicts.maskedValue(name));
        }
      }
    }
  }

  /** Where a setting stands, or where it goes: beside its like if the service keeps overrides apart. */
  #home(name: string): Container {
    const inOverrides = Object.hasOwn(this.#containers[OVERRIDES], name);
    const inEnvironment = Object.hasOwn(this.#containers[ENVIRONMENT], name);
    if (inOverrides && inEnvironment) {
      const [a, b] = [this.#containers[OVERRIDES][name] ?? null, this.#containers[ENVIRONMENT][name] ?? null];
      if (!equalJson(a, b) && this.#takeOver(conflicts.twoValues(name))) this.#remove(ENVIRONMENT, name);
    }
    if (inOverrides) return OVERRIDES;
    if (inEnvironment) return ENVIRONMENT;
    return isJsonObject(this.airflow[OVERRIDES]) ? OVERRIDES : ENVIRONMENT;
  }

  #owns(name: string): boolean {
    return [BACKEND, BACKEND_KWARGS, CLIENT_ID, TENANT_ID, CLIENT_SECRET, MARKER_VARIABLE].includes(name);
  }

  /** True where the profile lets the app replace what somebody else set; otherwise the conflict is noted. */
  #takeOver(conflict: Conflict): boolean {
    if (!this.#replace) this.#conflicts.push(conflict);
    return this.#replace;
  }

  #keep(where: Container, setting: string, why: string, before: string): void {
    this.#settings.push({ setting, where, kind: 'keep', before: shown(setting, before), why });
  }

  #set(container: Container, name: string, value: string, why: string, before: string | undefined): void {
    this.#settings.push({
      setting: name,
      where: container,
      kind: Object.hasOwn(this.#containers[container], name) ? 'change' : 'add',
      ...(before === undefined ? {} : { before: shown(name, before) }),
      after: shown(name, value),
      why,
    });
    this.#variables.push({ container, name, value });
    this.#keepInStep(container, name, value);
  }

  /** A setting that stands in both places with one value keeps doing so. */
  #keepInStep(container: Container, name: string, value: string): void {
    const other = container === OVERRIDES ? ENVIRONMENT : OVERRIDES;
    const removed = this.#variables.some((change) => 'remove' in change && change.name === name);
    if (!removed && Object.hasOwn(this.#containers[other], name)) {
      this.#variables.push({ container: other, name, value });
    }
  }

  #remove(container: Container, name: string): void {
    this.#settings.push({
      setting: name,
      where: container,
      kind: 'change',
      after: '(removed)',
      why: 'it would win over these settings; the profile says onConflict: replace',
    });
    this.#variables.push({ container, name, remove: true });
  }
}

/** kwargs may hold anything of the user's beside ours: only ours are shown. */
function shown(setting: string, value: string): string {
  if (setting !== BACKEND_KWARGS) return value.slice(0, 200);
  const kwargs = parseJson(value);
  if (!isJsonObject(kwargs)) return '(redacted)';
  const ours = ['connections_prefix', 'variables_prefix', 'config_prefix', 'sep', 'vault_url'];
  const entries = Object.entries(kwargs).map(([key, member]): [string, Json] => [
    key,
    ours.includes(key) ? member : '(redacted)',
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

function members(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function readableShape(key: string, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return key === REQUIREMENTS ? listRequirements(value) !== undefined : isJsonObject(value);
}
