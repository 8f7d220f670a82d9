/** Invokes a registered function through the SDK's own invocation model: the conversions are those of the worker. */
import { randomUUID } from 'node:crypto';
import type { Registrations } from './coreModule.js';
import type { RegisteredFunction, RpcData } from './coreTypes.js';

export interface LogLine {
  readonly level: string;
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
}

export interface Invocation {
  readonly returnValue: RpcData | null;
  /** The context that the function got; the runner looks at its orchestration executor in strict mode. */
  readonly context: object;
}

/** What a function threw, with the context of its invocation. */
export class InvocationFailure extends Error {
  constructor(
    readonly thrown: unknown,
    readonly context: object,
  ) {
    super(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

export class Invoker {
  constructor(
    private readonly registrations: Registrations,
    private readonly durableClient: () => unknown,
    private readonly onLog: (line: LogLine) => void,
    private readonly onInvoke: (functionName: string) => void = () => undefined,
  ) {}

  /** Finds a function by name (without case, as the host does) and kind of trigger. */
  find(name: string, trigger: string): RegisteredFunction | undefined {
    const wanted = name.toLowerCase();
    for (const registered of this.registrations.functions.values()) {
      if (registered.metadata.name.toLowerCase() !== wanted) continue;
      if (Object.values(registered.metadata.bindings).some((binding) => binding.type === trigger))
        return registered;
    }
    return undefined;
  }

  /** Names of all functions with this kind of trigger. */
  namesOf(trigger: string): string[] {
    return [...this.registrations.functions.values()]
      .filter(({ metadata }) => Object.values(metadata.bindings).some(({ type }) => type === trigger))
      .map(({ metadata }) => metadata.name);
  }

  /** Runs a function with its trigger's data. Throws `InvocationFailure` with what the function threw. */
  async invoke(
    { metadata, callback }: RegisteredFunction,
    trigger: RpcData,
    triggerMetadata: Record<string, RpcData> = {},
  ): Promise<Invocation> {
    this.onInvoke(metadata.name);
    const inputData: { name: string; data: RpcData }[] = [];
    for (const [name, binding] of Object.entries(metadata.bindings)) {
      if (binding.direction !== 'in') continue;
      if (/trigger$/i.test(binding.type)) inputData.unshift({ name, data: trigger });
      else if (binding.type === 'durableClient') {
        inputData.push({ name, data: { string: JSON.stringify(this.durableClient()) } });
      }
    }
    const model = this.registrations.model().getInvocationModel({
      invocationId: randomUUID(),
      metadata,
      request: { inputData, triggerMetadata },
      log: (level, category, message) =>
        this.onLog({ level, category, message, functionName: metadata.name }),
      state: undefined,
    });
    const { context, inputs } = await model.getArguments();
    const hook = { invocationContext: context, hookData: {}, appHookData: {} };
    const before = { ...hook, inputs, functionHandler: callback, functionCallback: callback };
    await this.#hooks('preInvocation', before);
    const after: Record<string, unknown> = { ...hook, inputs, result: null, error: null };
    try {
      after['result'] = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after['error'] = error;
    }
    await this.#hooks('postInvocation', after);
    if (after['error']) throw new InvocationFailure(after['error'], context);
    const response = await model.getResponse(context, after['result']);
    return { returnValue: response.returnValue ?? null, context };
  }

  /** Runs the app's own hooks of start or end. */
  async appHooks(name: 'appStart' | 'appTerminate'): Promise<void> {
    await this.#hooks(name, { hookData: {}, appHookData: {} });
  }

  async #hooks(name: string, context: Record<string, unknown>): Promise<void> {
    for (const hook of this.registrations.hooks) if (hook.name === name) await hook.callback(context);
  }
}
