/** What the tests of the local cloud's network share: a proxy with one made-up service behind it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKernel, type LocalKernel } from '../../../local/kernel/kernel.js';
import type { Service, ServiceRequest, ServiceResponse } from '../../../local/kernel/types.js';
import { openCertificateAuthority } from '../../../local/net/ca.js';
import { createFront, findService } from '../../../local/net/front.js';
import { startProxy } from '../../../local/net/proxy.js';

export interface Net {
  readonly kernel: LocalKernel;
  readonly port: number;
  readonly tlsPort: number;
  readonly isKnown: (host: string) => boolean;
  readonly caFile: string;
  readonly logs: string[];
  readonly received: ServiceRequest[];
  close(): Promise<void>;
}

/** `handle` answers for `*.vault.azure.net`; what it got is kept. */
export async function startNet(
  handle: (request: ServiceRequest) => Promise<ServiceResponse>,
  mode: 'real' | 'virtual' = 'real',
): Promise<Net> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-net-'));
  const logs: string[] = [];
  const received: ServiceRequest[] = [];
  const log = (line: string) => void logs.push(line);
  const kernel = createKernel({ mode, onError: (error) => log(String(error)) });
  const service: Service = {
    name: 'vault',
    hosts: ['*.vault.azure.net'],
    describe: ({ url, headers }) => ({
      operation: 'secrets.get',
      subject: url.pathname,
      ...(headers['x-caller'] === undefined ? {} : { caller: headers['x-caller'] }),
    }),
    async handle(request) {
      received.push(request);
      return handle(request);
    },
    snapshot: () => null,
    restore: () => {},
  };
  const ca = openCertificateAuthority(folder);
  const serviceFor = (host: string) => findService([service], host);
  const isKnown = (host: string) => serviceFor(host) !== undefined;
  const proxy = await startProxy({
    port: 0,
    ca,
    isKnown,
    front: createFront({ kernel, scheme: 'https', serviceFor, log }),
    onRefused: (target) => log(`refused ${target}`),
  });
  return {
    kernel,
    port: proxy.port,
    tlsPort: proxy.tlsPort,
    isKnown,
    caFile: ca.certificateFile,
    logs,
    received,
    async close() {
      await proxy.close();
      kernel.clock.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a call through the SDKs' pipeline gave. */
export interface Outcome {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly error?: string;
}

export interface Call {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/**
 * Makes calls one after the other with `@azure/core-rest-pipeline`, in a process of its own that knows of the proxy
 * and the CA by its environment only, as the deployed app does.
 */
export async function callThroughSdk(
  net: Pick<Net, 'port' | 'caFile'>,
  calls: readonly Call[],
): Promise<Outcome[]> {
  const script = `
    import { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';
    const client = createDefaultHttpClient();
    const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
    const outcomes = [];
    for (const { url, method = 'GET', body, headers = {} } of JSON.parse(process.argv[1])) {
      const request = createPipelineRequest({ url, method, body, headers: createHttpHeaders(headers) });
      try {
        const answer = await pipeline.sendRequest(client, request);
        outcomes.push({ status: answer.status, body: answer.bodyAsText, headers: answer.headers.toJSON() });
      } catch (error) {
        outcomes.push({ error: (error.code ?? '') + ' ' + error.message });
      }
    }
    process.stdout.write(JSON.stringify(outcomes));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, JSON.stringify(calls)],
    {
      maxBuffer: 32 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        HTTPS_PROXY: `http://127.0.0.1:${net.port}`,
        NODE_EXTRA_CA_CERTS: net.caFile,
      },
    },
  );
  return JSON.parse(stdout) as Outcome[];
}
