/** Who calls the HTTP API, and how that is told. */

export interface Caller {
  /** Name as the sign-in tells it, for people: it may change. With a function key: which key. */
  readonly principal: string;
  /** Object id in Microsoft Entra ID: what tells callers apart. Absent with a function key. */
  readonly objectId?: string;
  /** Operation of the API, as the OpenAPI description names it. */
  readonly operation: string;
  /** Invocation of the function, under which the app's log has the call. */
  readonly invocationId: string;
}

/** The caller alone of whatever else says more. */
export function callerOf({ principal, objectId, operation, invocationId }: Caller): Caller {
  return { principal, ...(objectId === undefined ? {} : { objectId }), operation, invocationId };
}

/** What tells one caller from another. */
export function callerId({ principal, objectId }: Pick<Caller, 'principal' | 'objectId'>): string {
  return objectId ?? principal;
}

/** A caller in words, for trails: name, object id, call. */
export function formatCaller({ principal, objectId, operation, invocationId }: Caller): string {
  const id = objectId === undefined ? '' : ` (object id ${objectId})`;
  return `${principal}${id}, ${operation} ${invocationId}`;
}
