/** One draft, setting by setting. */

import type { Profile } from '../configuration/profile.js';
import type { SecretComparison } from '../runs/plan.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import { equalJson, isJsonObject, type Json, type JsonObject, parseExactly } from '../values/json.js';
import { sameId } from '../values/sameId.js';
import {
  type Container,
  type Containers,
  ENVIRONMENT,
  OVERRIDES,
  type VariableContainer,
} from './airflowSettings.js';
import {
  BACKEND,
  BACKEND_CLASS,
  BACKEND_KWARGS,
  CLIENT_ID,
  CLIENT_SECRET,
  choosesAnotherIdentity,
  IDENTITY_VARIABLES,
  MARKER_VARIABLE,
  mergedKwargs,
  OWNED_VARIABLES,
  overridesBackend,
  TENANT_ID,
} from './backendSettings.js';
import { ChangeList, type Draft } from './changeList.js';
import * as conflicts from './conflicts.js';
import { containersOf, unreadableIn } from './containers.js';
import { examineKwargs } from './kwargs.js';
import { isHiddenVariable, isMasked } from './masking.js';
import { draftRequirement, type RequirementDraft } from './providerRequirement.js';
import type { Snapshot } from './snapshot.js';
import { backendConflict, principalConflict } from './wrapped.js';

/** Compares each setting of a runtime with what its profile demands, and notes what is to be done. */
export class Drafting {
  readonly readable: boolean;
  readonly #changes: ChangeList;
  #requirement: Pick<RequirementDraft, 'added' | 'release'> = {};
  readonly #containers: Containers;
  /** The marker names the credential that the app holds: what the service hides is what the app wrote with it. */
  readonly #marked: boolean;

  constructor(
    private readonly profile: Profile,
    private readonly snapshot: Snapshot,
    credential: CredentialVersion,
  ) {
    const { settings, words } = snapshot;
    this.#containers = containersOf(settings);
    this.#marked = isId(this.#containers[ENVIRONMENT][MARKER_VARIABLE], credential.credentialId);
    this.#changes = new ChangeList(this.#containers, words.settings, profile.onConflict === 'replace');
    const shapes = unreadableIn(settings);
    for (const key of shapes) {
      this.#changes.conflicts.push(conflicts.unreadableSettings(words.settings[key], words));
    }
    this.readable = shapes.length === 0;
  }

  done(kwargs: JsonObject): Draft {
    const { settings, conflicts, losses, variables } = this.#changes;
    const { added, release } = this.#requirement;
    return {
      settings,
      conflicts,
      losses,
      variables,
      kwargs,
      ...(added === undefined ? {} : { requirement: added }),
      ...(release === undefined ? {} : { release }),
    };
  }

  requirement(): void {
    const draft = draftRequirement(this.snapshot, this.profile);
    this.#requirement = draft;
    if (draft.setting) this.#changes.settings.push(draft.setting);
    this.#changes.conflicts.push(...draft.conflicts);
  }

  /** The class and its kwargs; returns the kwargs as they would be. */
  backend(): JsonObject {
    const home = this.#home(BACKEND);
    const there = this.#containers[home][BACKEND];
    const free = there === undefined || there === '' || there === null || there === BACKEND_CLASS;
    if (free || this.#hiddenAsWritten(there) || this.#changes.takeOver(backendConflict(there))) {
      this.#plain(home, BACKEND, BACKEND_CLASS, 'the Key Vault back end');
    }
    return this.#kwargs();
  }

  #kwargs(): JsonObject {
    const home = this.#home(BACKEND_KWARGS);
    const there = this.#containers[home][BACKEND_KWARGS];
    if (this.#hiddenAsWritten(there)) return this.#keepHiddenKwargs(home);
    const examined = examineKwargs(there, this.profile);
    const accepted = examined.conflicts.map((conflict) => this.#changes.takeOver(conflict)).every(Boolean);
    const wanted = mergedKwargs(examined.kwargs, this.profile);
    if (!accepted) return examined.kwargs;
    const text = JSON.stringify(wanted);
    const equal = typeof there === 'string' && equalJson(parseExactly(there) ?? null, wanted);
    const words = 'which vault and which names; your other kwargs stay';
    if (equal) this.#changes.keep(home, BACKEND_KWARGS, words, there);
    else this.#changes.set(home, BACKEND_KWARGS, text, words, examined.shown);
    return wanted;
  }

  #keepHiddenKwargs(home: VariableContainer): JsonObject {
    const wanted = mergedKwargs({}, this.profile);
    this.#changes.keepHidden(home, BACKEND_KWARGS, JSON.stringify(wanted));
    if (!this.#changes.replace) this.#changes.losses.push(conflicts.kwargsHidden());
    return wanted;
  }

  principal(name: string, wanted: string): void {
    const there = this.#containers[ENVIRONMENT][name];
    const why = 'the principal that reads the vault';
    if (this.#hiddenAsWritten(there)) {
      this.#changes.keepHidden(ENVIRONMENT, name, wanted);
      return;
    }
    const other = typeof there === 'string' && there !== '' && !isMasked(there);
    if (other && sameId(there, wanted)) {
      this.#changes.keep(ENVIRONMENT, name, why, there);
    } else if (!other || this.#changes.takeOver(principalConflict(name, there, wanted))) {
      this.#changes.set(ENVIRONMENT, name, wanted, why, other ? there : undefined);
    }
  }

  clientSecret(comparison: SecretComparison): void {
    const marked = this.#marked;
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
    const where = this.snapshot.words.settings[ENVIRONMENT];
    this.#changes.settings.push({ setting: CLIENT_SECRET, where, kind, why });
    // A write sends every value again: also a kept one, since what a read hides must not go back as it came.
    this.#changes.variables.push({ container: ENVIRONMENT, name: CLIENT_SECRET, secret: true });
  }

  marker(credential: CredentialVersion, comparison: SecretComparison): void {
    const wanted = credential.credentialId;
    const there = this.#containers[ENVIRONMENT][MARKER_VARIABLE];
    const why = 'names the credential by id';
    if (isId(there, wanted)) {
      this.#changes.keep(ENVIRONMENT, MARKER_VARIABLE, why, there);
    } else if (!isMasked(there)) {
      this.#plain(ENVIRONMENT, MARKER_VARIABLE, wanted, why);
    } else if (comparison === 'same') {
      this.#changes.keepHidden(ENVIRONMENT, MARKER_VARIABLE, wanted);
    } else {
      this.#changes.conflicts.push(conflicts.markerHidden());
    }
  }

  /** The identity belongs into the environment; a second one beside the configuration could win over it. */
  identityInOverrides(credential: CredentialVersion): void {
    const wanted: Readonly<Record<string, string>> = {
      [CLIENT_ID]: this.profile.credential.clientId,
      [TENANT_ID]: this.profile.credential.tenantId,
      [MARKER_VARIABLE]: credential.credentialId,
    };
    for (const name of IDENTITY_VARIABLES) {
      const there = this.#containers[OVERRIDES][name];
      if (there === undefined || isId(there, wanted[name])) continue;
      if (this.#changes.takeOver(conflicts.identityInOverrides(name))) this.#changes.remove(OVERRIDES, name);
    }
  }

  #plain(container: VariableContainer, name: string, wanted: string, why: string): void {
    const there = this.#containers[container][name];
    if (this.#hiddenAsWritten(there)) this.#changes.keepHidden(container, name, wanted);
    else if (there === wanted) this.#changes.keep(container, name, why, wanted);
    else this.#changes.set(container, name, wanted, why, typeof there === 'string' ? there : undefined);
  }

  /** Not to be taken over: nobody knows what a write would destroy. */
  notShown(containers: readonly Container[]): void {
    const { words } = this.snapshot;
    for (const container of containers) {
      this.#changes.losses.push(conflicts.settingsNotShown(words.settings[container], words));
    }
  }

  /** Nor these: a write would put the mask in their place, and there is nowhere to take them from. */
  hidden(places: readonly string[]): void {
    const { words } = this.snapshot;
    for (const place of places) this.#changes.losses.push(conflicts.maskedElsewhere(place, words));
  }

  /** Settings of somebody else: those that would win over ours, and those that a write would lose. */
  others(): void {
    for (const container of [ENVIRONMENT, OVERRIDES] as const) {
      for (const [name, value] of Object.entries(this.#containers[container])) {
        if (
          overridesBackend(name, container === OVERRIDES) ||
          choosesAnotherIdentity(name, value, this.profile)
        ) {
          if (this.#changes.takeOver(conflicts.overridingSetting(name)))
            this.#changes.remove(container, name);
        } else if (isHiddenVariable(name, value) && !OWNED_VARIABLES.has(name) && !this.#isSupplied(name)) {
          // Not to be taken over: the value is nobody's but the user's, and a write without it destroys it.
          this.#changes.losses.push(conflicts.maskedValue(name));
        }
      }
    }
  }

  /** Where a setting stands, or where it goes: beside its like if the service keeps overrides apart. */
  #home(name: string): VariableContainer {
    const inOverrides = Object.hasOwn(this.#containers[OVERRIDES], name);
    const inEnvironment = Object.hasOwn(this.#containers[ENVIRONMENT], name);
    if (inOverrides && inEnvironment) {
      const [a, b] = [this.#containers[OVERRIDES][name] ?? null, this.#containers[ENVIRONMENT][name] ?? null];
      if (!equalJson(a, b) && this.#changes.takeOver(conflicts.twoValues(name)))
        this.#changes.remove(ENVIRONMENT, name);
    }
    if (inOverrides) return OVERRIDES;
    if (inEnvironment) return ENVIRONMENT;
    return isJsonObject(this.snapshot.settings[OVERRIDES]) ? OVERRIDES : ENVIRONMENT;
  }

  #isSupplied(name: string): boolean {
    return Object.hasOwn(this.profile.writeOnly.variables ?? {}, name);
  }

  #hiddenAsWritten(value: Json | undefined): boolean {
    return this.#marked && isMasked(value);
  }
}

function isId(value: Json | undefined, id: string | undefined): value is string {
  return typeof value === 'string' && sameId(value, id);
}
