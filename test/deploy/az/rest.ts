import { plainRoleAssignments } from '../cloud/roleAssignments.js';
import type { RehearsalContext } from '../context.js';
import { AzError } from './arguments.js';
import type { Command } from './az.js';

const RESOURCE_MANAGER = 'management.azure.com';
/** Reason phrases, which `az rest` begins its errors with. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
};

export const REST: Readonly<Record<string, Command>> = {
  rest: {
    options: ['--method', '--url', '--uri', '--headers', '--body'],
    async run(given, context) {
      const url = new URL(given.option('--url') ?? given.required('--uri'));
      const method = (given.option('--method') ?? 'GET').toUpperCase();
      const { status, text } = await send(context, method, url, given.option('--body'));
      if (status >= 300) throw new AzError(`${REASONS[status] ?? status}(${text})`);
      return text === '' ? undefined : JSON.parse(text);
    },
  },
};

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What of Resource Manager the local cloud does not serve over the wire is answered here, from its deployments. */
async function send(
  context: RehearsalContext,
  method: string,
  url: URL,
  body: string | undefined,
): Promise<Reply> {
  if (url.hostname !== RESOURCE_MANAGER || method !== 'GET') return context.cloud.send(method, url, body);
  return functionAt(context, url) ?? assignmentsAt(context, url) ?? context.cloud.send(method, url, body);
}

/** A function of an app: there once it is indexed. */
function functionAt({ cloud }: RehearsalContext, { pathname }: URL): Reply | undefined {
  const [, site, name] =
    /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+)\/functions\/([^/]+)$/i.exec(
      pathname,
    ) ?? [];
  if (site === undefined || name === undefined) return undefined;
  if (cloud.azure.deployments.functionsOf(site).includes(name)) {
    return {
      status: 200,
      text: JSON.stringify({ id: pathname, name, properties: { name, isDisabled: false } }),
    };
  }
  return {
    status: 404,
    text: JSON.stringify({ error: { code: 'NotFound', message: `Function ${name} not found.` } }),
  };
}

/** The role assignments of one principal in a subscription. */
function assignmentsAt({ cloud }: RehearsalContext, { pathname, searchParams }: URL): Reply | undefined {
  if (!/^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/roleAssignments$/i.test(pathname)) {
    return undefined;
  }
  const filter = searchParams.get('$filter') ?? '';
  const [, principal] = /^principalId eq '([^']+)'$/.exec(filter) ?? [];
  if (principal === undefined)
    throw new Error(`The filter "${filter}" of role assignments is not known here.`);
  return { status: 200, text: JSON.stringify({ value: plainRoleAssignments(cloud, principal) }) };
}
