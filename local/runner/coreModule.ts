/**
 * Stands in for `@azure/functions-core`, the module that the Functions worker gives to an app: registrations and hooks
 * land here. Installed the way the worker does it, by answering that one `require`. It has to be in place before the
 * app is imported, since the SDK looks once and remembers if there was nothing.
 */
import { Module } from 'node:module';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  ProgrammingModel,
  RegisteredFunction,
} from './coreTypes.js';

export interface Registrations {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly hooks: readonly { readonly name: string; readonly callback: HookCallback }[];
  /** The SDK's own conversions; throws where the app did not load `@azure/functions`. */
  model(): ProgrammingModel;
  /** The app is loaded: from now on a registration is an error, as in the worker. */
  close(): void;
}

type Require = (this: unknown, id: string) => unknown;

/** Installs the stand-in. Once a process: the SDK that remembers it is a module of this process. */
export function installCoreModule(
  log: (level: string, category: string, message: string) => void,
): Registrations {
  const functions = new Map<string, RegisteredFunction>();
  const hooks: { name: string; callback: HookCallback }[] = [];
  let model: ProgrammingModel | undefined;
  let closed = false;

  class Disposable {
    readonly #dispose: () => void;
    constructor(dispose: () => void) {
      this.#dispose = dispose;
    }
    dispose(): void {
      this.#dispose();
    }
  }

  const stand = {
    version: '3.12.0',
    hostVersion: '4.1040.0',
    Disposable,
    setProgrammingModel(given: ProgrammingModel): void {
      model = given;
    },
    getProgrammingModel: () => model,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      if (closed) throw new Error('A function can only be registered during app startup.');
      if (functions.has(metadata.name)) {
        throw new Error(`A function with the name "${metadata.name}" has already been registered.`);
      }
      functions.set(metadata.name, { metadata, callback });
      return new Disposable(() => functions.delete(metadata.name));
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      hooks.push({ name, callback });
      return new Disposable(() => undefined);
    },
    log,
  };

  const prototype = Module.prototype as unknown as { require: Require };
  const original = prototype.require;
  prototype.require = function (this: unknown, id: string): unknown {
    return id === '@azure/functions-core' ? stand : original.call(this, id);
  };

  return {
    functions,
    hooks,
    model() {
      if (!model) throw new Error('The app did not load @azure/functions.');
      return model;
    },
    close() {
      closed = true;
    },
  };
}
