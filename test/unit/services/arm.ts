import { type Answer, airflowProperties, at, bearer, type Cloud, call, PORTAL, RUNTIME_ID } from './cloud.js';

const ARM = 'https://management.azure.com';

export interface CallOptions {
  readonly caller?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Calls of the emulated Resource Manager, by the portal's user where nobody else is named. */
export function armOf(cloud: Cloud) {
  const send = (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const url = path.startsWith('https:') ? path : `${ARM}${path}?api-version=2018-06-01`;
    const headers = { ...bearer(cloud, options.caller ?? PORTAL, ARM), ...options.headers };
    return call(cloud.arm, method, url, { headers, body: options.body });
  };
  const get = (headers: Record<string, string> = {}) => send('GET', RUNTIME_ID, { headers });
  const put = (airflow: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    send('PUT', RUNTIME_ID, { headers, body: { properties: airflowProperties(airflow) } });
  return {
    send,
    get,
    put,
    /** Creates the runtime and lets its start pass. */
    async start(airflow: Record<string, unknown> = {}): Promise<void> {
      await put(airflow);
      await cloud.clock.advance(12 * 60_000);
    },
    state: async () => at(await get(), 'properties', 'state'),
  };
}
