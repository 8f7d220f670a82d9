/** Errors as the host, a .NET program, tells of them. */

/** What the host says where no language worker is left to run a function. */
export const NO_WORKER = 'Did not find any initialized language workers';

const HRESULT_EXCEPTION = -2146233088;

/** An exception as the Durable Task Framework serialises it into the details of a failure. */
export function netException(className: string, message: string, inner: object | null = null): string {
  const assembly = className.startsWith('System.') ? 'System.Private.CoreLib' : 'DurableTask.Core';
  return JSON.stringify({
    $type: `${className}, ${assembly}`,
    ClassName: className,
    Message: message,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: HRESULT_EXCEPTION,
    Source: null,
    WatsonBuckets: null,
  });
}

/** The exception under it where a function threw: it carries the JavaScript stack. */
export function rpcException(thrown: unknown, message: string): object {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return {
    $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
    Message: `Result: Failure\nException: ${message}\nStack: ${stack}`,
    Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
    InnerException: null,
    HelpLink: null,
    Source: null,
    HResult: HRESULT_EXCEPTION,
    StackTrace: null,
  };
}

/** What a parent is told of an orchestrator that threw, after the reason: the host's own stack, not the function's. */
export function ownFailure(message: string): string {
  return `Message: ${message}, StackTrace:    at Microsoft.Azure.WebJobs.Extensions.DurableTask.TaskOrchestrationShim.InvokeUserCodeAndHandleResults(RegisteredFunctionInfo orchestratorInfo, OrchestrationContext innerContext)`;
}
