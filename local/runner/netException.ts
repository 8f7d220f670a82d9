/** Errors as the host, a .NET program, tells of them. */

/** What the host says where no language worker is left to run a function. */
export const NO_WORKER = 'Did not find any initialized language workers';

/** An exception as the Durable Task Framework serialises it into the details of a failure. */
export function netException(className: string, message: string): string {
  return JSON.stringify({
    $type: `${className}, System.Private.CoreLib`,
    ClassName: className,
    Message: message,
  });
}

/** What a parent is told of an orchestrator that threw, after the reason: the host's own stack, not the function's. */
export function ownFailure(message: string): string {
  return `Message: ${message}, StackTrace:    at Microsoft.Azure.WebJobs.Extensions.DurableTask.TaskOrchestrationShim.InvokeUserCodeAndHandleResults(RegisteredFunctionInfo orchestratorInfo, OrchestrationContext innerContext)`;
}
