/** What is written about the HTTP API, made from the table of its operations. The app itself does not load this. */
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverrideContext,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { ANSWER_HEADERS, COMPONENTS, PARAMETERS, RUN_PATH } from './components.js';
import { type Answer, OPERATIONS, type Operation } from './operations.js';

/**
 * The OpenAPI description, for both ways to tell who calls: of each operation's two requirements the one holds that the
 * app is set to.
 */
export function describeApi(): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of OPERATIONS) {
    const path = `/api/${operation.route}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described(operation) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Airlock',
        version: '1',
        description: 'Starts, reads and cancels runs on managed Airflow runtimes.',
      },
      servers: [{ url: '/' }],
      paths,
      components: {
        schemas: COMPONENTS,
        securitySchemes: {
          functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
          appService: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
    },
    { override: openAnswers },
  );
}

/** The table of requests for README, in Markdown. */
export function requestTable(): string {
  const rows = OPERATIONS.flatMap((operation) =>
    operation.purposes.map(({ sends = membersOf(operation), does }) => {
      const request = `\`${operation.method} /api/${operation.route}${queryOf(operation)}\``;
      const body = sends === '' ? '' : ` \`${sends.replaceAll('|', '\\|')}\``;
      return `| ${request}${body} | ${operation.role} | ${does} |`;
    }),
  );
  return ['| request | role | |', '| --- | --- | --- |', ...rows].join('\n');
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { name, summary, role, route, query, headers, body, answers } = operation;
  const requestParams = {
    ...(route.includes('{id}') ? { path: RUN_PATH } : {}),
    ...(query ? { query: PARAMETERS[query] } : {}),
    ...(headers ? { header: PARAMETERS[headers] } : {}),
  };
  return {
    operationId: name,
    summary,
    // With App Service authentication the role is the app role that a caller needs; a key opens everything.
    security: [{ functionKey: [] }, { appService: [role] }],
    ...(Object.keys(requestParams).length > 0 ? { requestParams } : {}),
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: COMPONENTS[body] } } } }
      : {}),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, response(answer)]),
    ),
  };
}

function response({ says, gives, headers }: Answer): ZodOpenApiResponseObject {
  const type = gives === 'Problem' ? 'application/problem+json' : 'application/json';
  return {
    description: says,
    ...(gives ? { content: { [type]: { schema: gives === 'anyJson' ? {} : COMPONENTS[gives] } } } : {}),
    ...(headers ? { headers: ANSWER_HEADERS[headers] } : {}),
  };
}

/** A later version may answer with members that this one does not know: who reads must not refuse them. */
function openAnswers({ io, jsonSchema, zodSchema }: ZodOpenApiOverrideContext): void {
  const { def } = zodSchema._zod;
  if (io === 'output' && def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
}

function membersOf({ body }: Operation): string {
  if (!body) return '';
  return `{${Object.keys(COMPONENTS[body].shape).join(', ')}}`;
}

function queryOf({ query }: Operation): string {
  if (!query) return '';
  return `?${Object.keys(PARAMETERS[query].shape)
    .map((name) => `${name}=`)
    .join('&')}`;
}
