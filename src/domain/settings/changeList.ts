import type { Conflict, PlannedSetting } from '../runs/plan.js';
import type { JsonObject } from '../values/json.js';
import {
  type Container,
  type Containers,
  ENVIRONMENT,
  OVERRIDES,
  type VariableContainer,
} from './airflowSettings.js';

/** What happens to one variable. A value of `secret` is put in by the merge alone. */
export type VariableChange =
  | { readonly container: VariableContainer; readonly name: string; readonly value: string }
  | { readonly container: VariableContainer; readonly name: string; readonly secret: true }
  | { readonly container: VariableContainer; readonly name: string; readonly remove: true };

/** What is to be done to one runtime. */
export interface Draft {
  /** With values as they are: `planRuntime` redacts them before they leave. */
  readonly settings: readonly PlannedSetting[];
  readonly conflicts: readonly Conflict[];
  /** Conflicts only where something is written: values of somebody else that a write would lose. */
  readonly losses: readonly Conflict[];
  readonly variables: readonly VariableChange[];
  /** What is added to the requirements; absent where the provider is there. */
  readonly requirement?: string;
  /** The provider's release, where one is pinned: names are made by its rules. */
  readonly release?: string;
  /** The kwargs as they would be after the write. */
  readonly kwargs: JsonObject;
}

/** Notes what happens to each setting: once for the plan and, where a write needs a value, for the merge. */
export class ChangeList {
  readonly settings: PlannedSetting[] = [];
  readonly conflicts: Conflict[] = [];
  readonly losses: Conflict[] = [];
  readonly variables: VariableChange[] = [];

  /**
   * @param names the service's own names of the containers
   * @param replace whether the profile lets the app replace what somebody else set
   */
  constructor(
    private readonly containers: Containers,
    private readonly names: Readonly<Record<Container, string>>,
    readonly replace: boolean,
  ) {}

  /** True where the app may replace what somebody else set; otherwise the conflict is noted. */
  takeOver(conflict: Conflict): boolean {
    if (!this.replace) this.conflicts.push(conflict);
    return this.replace;
  }

  keep(container: VariableContainer, setting: string, why: string, before: string): void {
    this.settings.push({ setting, where: this.names[container], kind: 'keep', before, why });
  }

  /** Nothing to change, but a write for another reason must not send the mask back. */
  keepHidden(container: VariableContainer, name: string, value: string): void {
    this.settings.push({
      setting: name,
      where: this.names[container],
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
      where: this.names[container],
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
      where: this.names[container],
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
