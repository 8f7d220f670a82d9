/** The parts of `@azure/functions-core` that the runner touches; the package has no types of its own to import. */

/** A value as it crosses between host and worker. */
export interface RpcData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
  http?: RpcHttp;
}

export interface RpcHttp {
  url?: string;
  method?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
  statusCode?: string;
  body?: RpcData;
}

interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: Record<string, unknown>) => unknown;

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<{ returnValue?: RpcData | null }>;
}

/** What `@azure/functions` hands over when it is loaded: its own conversions, the same as in the worker. */
export interface ProgrammingModel {
  getInvocationModel(core: {
    invocationId: string;
    metadata: FunctionMetadata;
    request: { inputData: { name: string; data: RpcData }[]; triggerMetadata: Record<string, RpcData> };
    log(level: string, category: string, message: string): void;
    state: undefined;
  }): InvocationModel;
}
