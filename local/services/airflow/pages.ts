/** What the web server, and the gateway before it, answer beside the REST API. */
import type { ServiceResponse } from '../../kernel/types.js';
import type { ApiMode } from './state.js';

/** The gateway where no Airflow answers behind it. */
export function unavailable(): ServiceResponse {
  return html(
    503,
    '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  );
}

/** The login page, which a browser gets. */
export function signInPage(): ServiceResponse {
  return html(
    200,
    '<!DOCTYPE html>\n<html lang="en"><head><title>Sign In - Airflow</title></head><body></body></html>\n',
  );
}

export function notFoundPage(): ServiceResponse {
  return html(
    404,
    '<!DOCTYPE html>\n<html lang="en"><head><title>Airflow 404</title></head><body>Page cannot be found.</body></html>\n',
  );
}

/** Paths that Airflow 3 answers with a hint where they went. */
export function movedHint(path: string): ServiceResponse | undefined {
  const error =
    path === '/health'
      ? 'Moved in Airflow 3. Please change config to check `/api/v2/monitor/health`'
      : path.startsWith('/api/v1/')
        ? '/api/v1 has been removed in Airflow 3, please use its upgraded version /api/v2 instead.'
        : undefined;
  if (error === undefined) return undefined;
  return { status: 404, headers: { 'content-type': 'application/json' }, body: { error } };
}

/** What stands in front of Airflow in the modes that need no Airflow; undefined in the others. */
export function inFront(mode: ApiMode, host: string): ServiceResponse | undefined {
  switch (mode) {
    case 'html':
      return signInPage();
    case 'redirect':
      return {
        status: 302,
        headers: {
          location: `https://login.microsoftonline.com/common/oauth2/authorize?redirect_uri=https://${host}/`,
        },
        body: '',
      };
    case 'garbage':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"metadatabase": {"status": ',
      };
    default:
      return undefined;
  }
}

function html(status: number, body: string): ServiceResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
