import type { Conflict, PlannedSetting } from '../runs/plan.js';
import type { JsonObject } from '../values/json.js';

export const ENVIRONMENT = 'airflowEnvironmentVariables';
export const OVERRIDES = 'airflowConfigurationOverrides';
export const REQUIREMENTS = 'airflowRequirements';
/** The properties that hold variables. */
export type VariableContainer = typeof ENVIRONMENT | typeof OVERRIDES;
/** All properties of which the app writes a part. */
export const CONTAINERS = [ENVIRONMENT, OVERRIDES, REQUIREMENTS] as const;
export type Container = (typeof CONTAINERS)[number];

/** What happens to one variable. A value of `secret` is put in by the merge alone. */
export type VariableChange =
  | { readonly container: VariableContainer; readonly name: string; readonly value: string }
  | { readonly container: VariableContainer; readonly name: string; readonly secret: true }
  | { readonly container: VariableContainer; readonly name: string; readonly remove: true };

/** The variables of a runtime, by the property that holds them. */
export type Containers = Readonly<Record<VariableContainer, JsonObject>>;

/** Notes what happens to each setting: once for the plan and, where a write needs a value, for the merge. */
export class ChangeList {
  readonly settings: PlannedSetting[] = [];
  readonly conflicts: Conflict[] = [];
  readonly losses: Conflict[] = [];
  readonly variables: VariableChange[] = [];

  /** @param replace whether the profile lets the app replace what somebody else set */
  constructor(
    private readonly containers: Containers,
    readonly replace: boolean,
  ) {}

  /** True where the app may replace what somebody else set; otherwise the conflict is noted. */
  takeOver(conflict: Conflict): boolean {
    if (!this.replace) this.conflicts.push(conflict);
    return this.replace;
  }

  keep(where: VariableContainer, setting: string, why: string, before: string): void {
    this.settings.push({ setting, where, kind: 'keep', before, why });
  }

  /** Nothing to change, but a write for another reason must not send the mask back. */
  keepHidden(container: VariableContainer, name: string, value: string): void {
    this.settings.push({
      setting: name,
      where: container,
      kind: 'keep',
      why: 'the service hides it; the marker names the credential that it was written with',
    });
    this.#write(container, name, value);
  }

  set(
    container: VariableContainer,
    name: string,
    value: string,
    why: string,
    before: string | undefined,
  ): void {
    this.settings.push({
      setting: name,
      where: container,
      kind: Object.hasOwn(this.containers[container], name) ? 'change' : 'add',
      ...(before === undefined ? {} : { before }),
      after: value,
      why,
    });
    this.#write(container, name, value);
  }

  remove(container: VariableContainer, name: string): void {
    this.settings.push({
      setting: name,
      where: container,
      kind: 'change',
      after: '(removed)',
      why: 'it would win over these settings; the profile says onConflict: replace',
    });
    this.variables.push({ container, name, remove: true });
  }

  /** A setting that stands in both places with one value keeps doing so. */
  #write(container: VariableContainer, name: string, value: string): void {
    this.variables.push({ container, name, value });
    const other = container === OVERRIDES ? ENVIRONMENT : OVERRIDES;
    const removed = this.variables.some((change) => 'remove' in change && change.name === name);
    if (!removed && Object.hasOwn(this.containers[other], name)) {
      this.variables.push({ container: other, name, value });
    }
  }
}
