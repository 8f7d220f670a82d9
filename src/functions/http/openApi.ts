import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { AppSettings } from '../../config/appSettings.js';
import type { FunctionDeps } from '../deps.js';
import { json } from './problem.js';

/** Of the description as it is kept, what depends on the settings. */
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

interface DescribedOperation {
  /** One requirement for each way to tell who calls. */
  readonly security: readonly object[];
}

/** `GET /api/openapi.json`: the OpenAPI 3.1 description. */
export async function getOpenApi(
  _request: HttpRequest,
  _context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  return json(200, await openApiDocument(deps.settings().httpAuth));
}

/**
 * The description as a value: `schema/openapi.json`, which `npm run schemas` makes from the table of operations, with what
 * the app's way to tell who calls asks for, and without the other.
 */
export async function openApiDocument(auth: AppSettings['httpAuth']): Promise<Record<string, unknown>> {
  const whole: Description = (await import('../../../schema/openapi.json')).default;
  const { paths, components } = whole;
  return {
    ...whole,
    paths: eachOf(paths, (methods) =>
      eachOf(methods, (operation) => ({
        ...operation,
        security: operation.security.filter((requirement) => auth in requirement),
      })),
    ),
    components: {
      ...components,
      securitySchemes: { [auth]: components.securitySchemes[auth] },
    },
  };
}

function eachOf<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
